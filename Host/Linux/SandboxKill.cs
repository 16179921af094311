using System.Globalization;
using NetworkCluster.Agents;

namespace NetworkCluster.Linux;

/// <summary>Ends what lives in a sandbox.</summary>
internal static class SandboxKill
{
    private const nint PidfdSendSignal = 424;
    private const nint PidfdOpen = 434;
    private const int SigKill = 9;
    private const int WaitMilliseconds = 5_000;
    private const int Rounds = 50;

    /// <summary>
    /// Kills every process of the namespace and waits until they have ended; again and again, because one may have forked in between. A process is held by
    /// a pidfd and looked at again before it is killed: its number may have become another's.
    /// </summary>
    /// <exception cref="DataplaneException">Something does not end.</exception>
    public static void End(string netnsPath)
    {
        if (!NetworkNamespace.IsAlive(netnsPath)) return;
        var netns = NetworkNamespace.Inode(netnsPath);
        var operation = $"ip netns pids {Path.GetFileName(netnsPath)} | xargs kill -KILL";
        if (netns == NetworkNamespace.SelfInode) throw new DataplaneException(operation, "that is the host's own namespace");
        for (var round = 0; round < Rounds; round++)
        {
            var pids = In(netns).ToList();
            if (pids.Count == 0) return;
            foreach (var pid in pids) End(pid, netns, operation);
        }

        throw new DataplaneException(operation, "new processes keep coming");
    }

    private static IEnumerable<int> In(ulong netns)
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && pid != Environment.ProcessId && NetworkNamespace.InodeOf($"{directory}/ns/net") == netns) yield return pid;
        }
    }

    private static void End(int pid, ulong netns, string operation)
    {
        var fd = (int)Native.SystemCall(PidfdOpen, pid, 0, 0, 0);
        if (fd < 0) return; // it has ended
        try
        {
            if (NetworkNamespace.InodeOf($"/proc/{pid}/ns/net") != netns) return;
            _ = Native.SystemCall(PidfdSendSignal, fd, SigKill, 0, 0);
            if (Native.AwaitReadable(WaitMilliseconds, fd) == 0) throw new DataplaneException(operation, $"process {pid} does not end");
        }
        finally
        {
            _ = Native.Close(fd);
        }
    }
}
