using System.Runtime.InteropServices;

namespace NetworkCluster.Linux;

/// <summary>Signals to a process group, because a command may have children.</summary>
internal static partial class ProcessGroup
{
    private const int SigKill = 9;
    private const int SigTerm = 15;

    /// <summary>Ends every process of the group at once; a group that is gone already is fine.</summary>
    public static void Kill(int leader) => _ = Send(-leader, SigKill);

    /// <summary>Asks one process to end.</summary>
    public static void Terminate(int process) => _ = Send(process, SigTerm);

    /// <summary>Sends one process a signal; false where there is none.</summary>
    public static bool Signal(int process, int signal) => Send(process, signal) == 0;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Send(int process, int signal);
}
