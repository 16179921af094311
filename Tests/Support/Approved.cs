using System.Runtime.CompilerServices;
using Xunit;

namespace NetworkCluster.Tests.Support;

/// <summary>Compares text with a file that a person has approved: NAME.approved.txt beside the test. A difference leaves NAME.received.txt there, to be looked at and renamed.</summary>
internal static class Approved
{
    public static void Verify(string text, string name, [CallerFilePath] string test = "") =>
        Compare(text, Path.Combine(Path.GetDirectoryName(test)!, $"{name}.approved.txt"), Path.Combine(Path.GetDirectoryName(test)!, $"{name}.received.txt"));

    /// <summary>The same for a page of the documents, which says what the test has seen: docs/NAME.txt, or of another kind.</summary>
    public static void VerifyPage(string text, string name, string kind = ".txt")
    {
        var page = Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../docs", name);
        Compare(text, $"{page}{kind}", $"{page}.received{kind}");
    }

    /// <summary>What a page of the documents has to be typed: the lines of its blocks that begin with a program's name, which is left out.</summary>
    public static IEnumerable<string> CommandsOf(string page, string program)
    {
        var inside = false;
        foreach (var line in File.ReadAllLines(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../docs", page)))
        {
            if (line.StartsWith("```", StringComparison.Ordinal)) inside = !inside;
            else if (inside && line.StartsWith($"{program} ", StringComparison.Ordinal)) yield return line[(program.Length + 1)..];
        }
    }

    private static string ThisFile([CallerFilePath] string file = "") => file;

    private static void Compare(string text, string approved, string received)
    {
        var expected = File.Exists(approved) ? File.ReadAllText(approved) : "";
        if (expected == text)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, text);
        Assert.Fail($"{Path.GetFileName(approved)} differs ({received} has what came):\n{Difference(expected.Split('\n'), text.Split('\n'))}");
    }

    private static string Difference(string[] expected, string[] actual) =>
        string.Join('\n', expected.Except(actual).Select(l => $"- {l}").Concat(actual.Except(expected).Select(l => $"+ {l}")).DefaultIfEmpty("(the same lines in another order or number)"));
}
