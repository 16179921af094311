using Xunit;

namespace NetworkCluster.Tests.Support;

/// <summary>
/// A fact about the kernel. Runs only as root in a private network namespace (the whole test process was started under <c>unshare --net</c>): a test must
/// never touch the machine's own links. Private means that process 1, or where that one may not be looked at, an ancestor, is in another namespace.
/// </summary>
public sealed class KernelFactAttribute : FactAttribute
{
    private static readonly string? Reason = WhyNot();

    public KernelFactAttribute() => Skip = Reason;

    private static string? WhyNot()
    {
        if (!OperatingSystem.IsLinux()) return "needs Linux";
        if (!Environment.IsPrivilegedProcess) return "needs root";
        return IsPrivate() ? null : "needs a private network namespace: start the tests under unshare --net --mount";
    }

    private static bool IsPrivate()
    {
        var self = NetnsOf("self");
        if (self is null) return false;
        for (var pid = Environment.ProcessId; pid > 1; pid = ParentOf(pid))
        {
            if (NetnsOf($"{pid}") is { } other && other != self) return true;
        }

        return NetnsOf("1") is { } first && first != self;
    }

    private static int ParentOf(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string? NetnsOf(string process)
    {
        try
        {
            return new FileInfo($"/proc/{process}/ns/net").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
