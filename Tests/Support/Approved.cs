using System.Runtime.CompilerServices;
using Xunit;

namespace NetworkCluster.Tests.Support;

/// <summary>Compares text with a file that a person has approved: NAME.approved.txt beside the test. A difference leaves NAME.received.txt there, to be looked at and renamed.</summary>
internal static class Approved
{
    public static void Verify(string text, string name, [CallerFilePath] string test = "")
    {
        var approved = Path.Combine(Path.GetDirectoryName(test)!, $"{name}.approved.txt");
        var received = Path.Combine(Path.GetDirectoryName(test)!, $"{name}.received.txt");
        var expected = File.Exists(approved) ? File.ReadAllText(approved) : "";
        if (expected == text)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, text);
        Assert.Fail($"{name}.approved.txt differs ({received} has what came):\n{Difference(expected.Split('\n'), text.Split('\n'))}");
    }

    private static string Difference(string[] expected, string[] actual) =>
        string.Join('\n', expected.Except(actual).Select(l => $"- {l}").Concat(actual.Except(expected).Select(l => $"+ {l}")).DefaultIfEmpty("(the same lines in another order or number)"));
}
