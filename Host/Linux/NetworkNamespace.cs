using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using NetworkCluster.Agents;

namespace NetworkCluster.Linux;

/// <summary>
/// Named network namespaces, the same that <c>ip netns</c> sees, and sockets inside them.
/// A namespace belongs to a thread, and a thread that the runtime starts while its starter sits in a foreign one stays there for ever: then any work item
/// may run in a sandbox. So a thread enters one only between two calls of <c>setns</c> in the methods below, with nothing but system calls through
/// function pointers in between: no allocation, no managed call, no lazy binding, no tiering (hence AggressiveOptimization). If the way back fails
/// the process ends at once.
/// </summary>
public static unsafe partial class NetworkNamespace
{
    // No initializers: a static constructor's check would be a managed call inside the window.
    private static int s_self;
    private static delegate* unmanaged<int, int, int> s_setns;
    private static delegate* unmanaged<int, int> s_unshare;
    private static delegate* unmanaged<int, int, int, int> s_socket;
    private static delegate* unmanaged<byte*, byte*, byte*, nuint, void*, int> s_mount;
    private static delegate* unmanaged<byte*, int, int> s_open;
    private static delegate* unmanaged<int, byte*, nuint, nint> s_write;
    private static delegate* unmanaged<int, int> s_close;
    private static delegate* unmanaged<int*> s_errno;

    /// <summary>
    /// Takes hold of the namespace the process starts in, before any code of this assembly runs: taken later, on a thread that happens to be inside a
    /// window, it would be the wrong one for ever.
    /// </summary>
#pragma warning disable CA2255 // a module initializer is exactly what is meant
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Capture()
    {
        if (!OperatingSystem.IsLinux()) return;
        var program = NativeLibrary.GetMainProgramHandle();
        s_setns = (delegate* unmanaged<int, int, int>)NativeLibrary.GetExport(program, "setns");
        s_unshare = (delegate* unmanaged<int, int>)NativeLibrary.GetExport(program, "unshare");
        s_socket = (delegate* unmanaged<int, int, int, int>)NativeLibrary.GetExport(program, "socket");
        s_mount = (delegate* unmanaged<byte*, byte*, byte*, nuint, void*, int>)NativeLibrary.GetExport(program, "mount");
        s_open = (delegate* unmanaged<byte*, int, int>)NativeLibrary.GetExport(program, "open");
        s_write = (delegate* unmanaged<int, byte*, nuint, nint>)NativeLibrary.GetExport(program, "write");
        s_close = (delegate* unmanaged<int, int>)NativeLibrary.GetExport(program, "close");
        s_errno = (delegate* unmanaged<int*>)NativeLibrary.GetExport(program, "__errno_location");
        s_self = Native.OpenRead("/proc/thread-self/ns/net");
    }

    /// <summary>A socket inside a namespace; it stays there whatever thread uses it later, so bind, listen, send and receive outside.</summary>
    /// <param name="netnsPath">A path that opens as the namespace, for example <c>/run/netns/NAME</c>.</param>
    /// <param name="family">As for socket(2).</param>
    /// <param name="type">As for socket(2); close-on-exec is added.</param>
    /// <param name="protocol">As for socket(2).</param>
    /// <returns>The file descriptor; the caller's to close.</returns>
    /// <exception cref="DataplaneException">There is no such namespace, or the kernel refuses the socket.</exception>
    public static int OpenSocket(string netnsPath, int family, int type, int protocol)
    {
        var netns = Native.OpenRead(netnsPath);
        int errno;
        var fd = SocketInside(netns, family, type | Native.SockCloexec, protocol, &errno);
        _ = Native.Close(netns);
        return fd >= 0 ? fd : throw Native.Failure($"socket in {netnsPath}", errno);
    }

    /// <summary>Switches a setting of a namespace on. A kernel that does not know it has nothing to switch.</summary>
    /// <param name="netnsPath">A path that opens as the namespace.</param>
    /// <param name="setting">Its file below <c>/proc/sys/net/</c>.</param>
    /// <exception cref="DataplaneException">There is no such namespace, or the kernel refuses.</exception>
    internal static void SwitchOn(string netnsPath, string setting)
    {
        var netns = Native.OpenRead(netnsPath);
        var file = Encoding.UTF8.GetBytes($"/proc/sys/net/{setting}\0");
        int errno;
        int result;
        fixed (byte* path = file, value = "1"u8) result = WriteInside(netns, path, value, &errno);
        _ = Native.Close(netns);
        if (result != 0 && errno != Native.Enoent) throw Native.Failure($"sysctl -w net.{setting.Replace('/', '.')}=1 in {netnsPath}", errno);
    }

    /// <summary>A socket in the process's own namespace.</summary>
    internal static int OpenSocket(int family, int type, int protocol)
    {
        var fd = s_socket(family, type | Native.SockCloexec, protocol);
        return fd >= 0 ? fd : throw Native.Failure("socket", *s_errno());
    }

    /// <summary>A new namespace that nothing but its mount holds.</summary>
    private static void CreateAt(string path)
    {
        var target = Encoding.UTF8.GetBytes(path + '\0');
        int errno;
        int result;
        fixed (byte* targetBytes = target, source = "/proc/thread-self/ns/net\0"u8, type = "none\0"u8) result = CreateInside(source, targetBytes, type, &errno);
        if (result != 0) throw Native.Failure($"ip netns add {Path.GetFileName(path)}", errno);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int SocketInside(int netns, int family, int type, int protocol, int* errno)
    {
        if (s_setns(netns, Native.CloneNewNet) != 0)
        {
            *errno = *s_errno();
            return -1;
        }

        var fd = s_socket(family, type, protocol);
        *errno = *s_errno();
        if (s_setns(s_self, Native.CloneNewNet) != 0) Environment.FailFast("a thread could not return to the host's network namespace");
        return fd;
    }

    // The kernel looks at the thread's namespace when the file is opened.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int WriteInside(int netns, byte* path, byte* value, int* errno)
    {
        const int WriteOnly = 1;
        if (s_setns(netns, Native.CloneNewNet) != 0)
        {
            *errno = *s_errno();
            return -1;
        }

        var result = -1;
        var fd = s_open(path, WriteOnly | Native.SockCloexec);
        *errno = *s_errno();
        if (fd >= 0)
        {
            result = s_write(fd, value, 1) == 1 ? 0 : -1;
            *errno = *s_errno();
            s_close(fd);
        }

        if (s_setns(s_self, Native.CloneNewNet) != 0) Environment.FailFast("a thread could not return to the host's network namespace");
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int CreateInside(byte* source, byte* target, byte* type, int* errno)
    {
        if (s_unshare(Native.CloneNewNet) != 0)
        {
            *errno = *s_errno();
            return -1;
        }

        var result = s_mount(source, target, type, MsBind, null);
        *errno = *s_errno();
        if (s_setns(s_self, Native.CloneNewNet) != 0) Environment.FailFast("a thread could not return to the host's network namespace");
        return result;
    }
}
