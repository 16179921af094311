using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace NetworkCluster.Dns;

/// <summary>
/// Opens sockets in other network namespaces: enter, <c>socket(2)</c>, leave. Needs CAP_SYS_ADMIN over both namespaces. Thread-safe.
/// <para>A thread that the runtime starts while this one is away would stay in the sandbox for ever, and with it whatever work it runs.
/// So between entering and leaving nothing managed happens: no allocation, no first call of anything. The constructor makes
/// the same trip once to where it already is, so that all code is compiled and bound before the first real one.</para>
/// </summary>
public sealed unsafe partial class NetnsSockets : ISandboxSockets, IDisposable
{
    private const int CloneNewNet = 0x40000000;
    private const int ReadOnlyCloseOnExec = 0x80000;
    private const int SocketCloseOnExec = 0x80000;
    private readonly int _home;

    /// <summary>Remembers the namespace of the calling thread as home: create it at the start of the process.</summary>
    /// <exception cref="IOException">The namespace cannot be opened, or this process may not enter namespaces.</exception>
    public NetnsSockets()
    {
        _home = OpenNamespace("/proc/thread-self/ns/net");
        using var rehearsal = Wrap(_home, 2, (int)SocketType.Dgram, 0, "its own namespace");
    }

    /// <inheritdoc/>
    public Socket Open(string netnsPath, AddressFamily family, SocketType type, ProtocolType protocol)
    {
        var domain = family switch
        {
            AddressFamily.InterNetwork => 2,
            AddressFamily.InterNetworkV6 => 10,
            _ => throw new ArgumentOutOfRangeException(nameof(family), family, "only IPv4 and IPv6"),
        };
        var target = OpenNamespace(netnsPath);
        try
        {
            return Wrap(target, domain, (int)type, (int)protocol, netnsPath);
        }
        finally
        {
            _ = Close(target);
        }
    }

    /// <summary>Closes the reference to the home namespace; sockets already opened stay.</summary>
    public void Dispose() => _ = Close(_home);

    private Socket Wrap(int target, int domain, int type, int protocol, string path)
    {
        var fd = OpenIn(target, domain, type | SocketCloseOnExec, protocol, out var errno);
        return fd >= 0 ? new(new SafeSocketHandle(fd, ownsHandle: true)) : throw Failure("open a socket in", path, errno);
    }

    // Compiled at once and for good (no call counting, which may start the runtime's compiler thread), and never inlined into anything.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private int OpenIn(int target, int domain, int type, int protocol, out int errno)
    {
        errno = 0;
        if (SetNamespace(target, CloneNewNet) != 0)
        {
            errno = Marshal.GetLastSystemError();
            return -1;
        }

        var fd = CreateSocket(domain, type, protocol);
        if (fd < 0) errno = Marshal.GetLastSystemError();
        // If we went on here, every later packet of this thread would leave from a container's namespace.
        if (SetNamespace(_home, CloneNewNet) != 0) Environment.FailFast("cannot return from a sandbox's network namespace");
        return fd;
    }

    private static int OpenNamespace(string path)
    {
        var name = Encoding.UTF8.GetBytes(path + '\0');
        fixed (byte* text = name)
        {
            var fd = OpenFile(text, ReadOnlyCloseOnExec);
            return fd >= 0 ? fd : throw Failure("open", path, Marshal.GetLastSystemError());
        }
    }

    private static IOException Failure(string operation, string path, int errno) =>
        new($"cannot {operation} network namespace {path}: {Marshal.GetPInvokeErrorMessage(errno)}");

    // No SetLastError and blittable arguments only: the calls compile into their callers without helper code.
    [LibraryImport("libc", EntryPoint = "open")]
    private static partial int OpenFile(byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "setns")]
    private static partial int SetNamespace(int fd, int kind);

    [LibraryImport("libc", EntryPoint = "socket")]
    private static partial int CreateSocket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int fd);
}
