using System.Globalization;

namespace NetworkCluster.Linux;

/// <summary>What the kernel tells of a process under <c>/proc</c> (proc(5)).</summary>
internal static class ProcessEntry
{
    /// <summary>The processes that it started, at this moment; none where it is gone.</summary>
    public static IReadOnlyList<int> Children(int process)
    {
        try
        {
            return [.. File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(child => int.Parse(child, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Its state and what follows in <c>stat</c>, behind a name in which anything may stand: the field that proc(5) counts as 3 comes first. None where it is gone.</summary>
    public static string[]? Status(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
