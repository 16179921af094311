using System.Globalization;

namespace NetworkCluster.Linux;

/// <summary>What this process may do to the kernel.</summary>
public static class Capabilities
{
    private const int NetAdmin = 12;
    private const int SysAdmin = 21;

    /// <summary>Whether it may make links and namespaces: CAP_NET_ADMIN and CAP_SYS_ADMIN are in its effective set.</summary>
    public static bool CanProgramKernel => OperatingSystem.IsLinux() && Has(Effective(File.ReadLines("/proc/self/status")), NetAdmin, SysAdmin);

    internal static ulong Effective(IEnumerable<string> status) =>
        status.FirstOrDefault(l => l.StartsWith("CapEff:", StringComparison.Ordinal)) is { } line
            ? ulong.Parse(line.AsSpan("CapEff:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            : 0;

    internal static bool Has(ulong effective, params ReadOnlySpan<int> capabilities)
    {
        foreach (var capability in capabilities)
        {
            if ((effective >> capability & 1) == 0) return false;
        }

        return true;
    }
}
