using System.Globalization;
using System.Runtime.InteropServices;
using NetworkCluster.Agents;

namespace NetworkCluster.Linux;

/// <summary>The system calls the data plane needs, and their errors in words.</summary>
internal static partial class Native
{
    public const int AfNetlink = 16;
    public const int AfPacket = 17;
    public const int SockRaw = 3;
    public const int SockCloexec = 0x80000;
    public const int CloneNewNet = 0x40000000;

    public const int Eagain = 11;
    public const int Ebusy = 16;
    public const int Eexist = 17;
    public const int Enodev = 19;
    public const int Enoent = 2;
    public const int Enotdir = 20;
    public const int Eopnotsupp = 95;
    public const int Esrch = 3;
    public const int Eintr = 4;
    public const int Einval = 22;
    public const int Eaddrnotavail = 99;
    public const int Enobufs = 105;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int ControlDevice(int fd, nuint request, ReadOnlySpan<ushort> argument);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int fd, int command, int argument);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int fd, ReadOnlySpan<byte> buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    public static partial nint SendTo(int fd, ReadOnlySpan<byte> buffer, nint length, int flags, ReadOnlySpan<byte> address, int addressLength);

    [LibraryImport("libc", EntryPoint = "if_nametoindex", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int IndexOfLink(string name);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int fd, Span<byte> buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSocketOption(int fd, int level, int option, in int value, int length);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int fd, ReadOnlySpan<byte> address, int length);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int fd, in ulong value, nint length);

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial int OpenInotify(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddWatch(int inotify, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "inotify_rm_watch")]
    private static partial int RemoveWatch(int inotify, int watch);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int fd, Span<byte> buffer, nint length);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string source, string target, string type, nuint flags, nint data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unmount(string target, int flags);

    [LibraryImport("libc", EntryPoint = "statfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int StatFileSystem(string path, Span<byte> result);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int StatExtended(int directory, string path, int flags, uint mask, Span<byte> result);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(Span<PollFd> fds, nuint count, int timeoutMilliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollFd
    {
        public int Fd;
        public short Events;
        public short Returned;
    }

    /// <summary>Opens for reading; not inherited by children.</summary>
    public static int OpenRead(string path) => Open(path, SockCloexec) is var fd and >= 0 ? fd : throw Failure($"open {path}");

    /// <summary>Sets how many characters a terminal shows, without making it this process's own. False where there is no such terminal.</summary>
    public static bool SetWindowSize(string device, ushort rows, ushort columns)
    {
        const int NoControl = 0x100;
        const nuint SetSize = 0x5414;
        var fd = Open(device, SockCloexec | NoControl);
        if (fd < 0) return false;
        var done = ControlDevice(fd, SetSize, [rows, columns, 0, 0]) == 0;
        _ = Close(fd);
        return done;
    }

    /// <summary>Waits until one of some files is readable; a bit for each that is, the first's the lowest. None when the time is over; a signal, whatever it was for, ends nothing.</summary>
    /// <param name="withinMilliseconds">How long; -1 is for ever.</param>
    /// <param name="fds">At most 32.</param>
    public static uint AwaitReadable(int withinMilliseconds, params ReadOnlySpan<int> fds)
    {
        const short PollIn = 1;
        Span<PollFd> wait = stackalloc PollFd[fds.Length];
        for (var i = 0; i < fds.Length; i++) wait[i] = new() { Fd = fds[i], Events = PollIn };
        while (Poll(wait, (nuint)wait.Length, withinMilliseconds) < 0 && Marshal.GetLastPInvokeError() == Eintr)
        {
            // Again.
        }

        var readable = 0u;
        for (var i = 0; i < wait.Length; i++)
        {
            if (wait[i].Returned != 0) readable |= 1u << i;
        }

        return readable;
    }

    /// <summary>Whether whoever is at the other end has closed both halves of the connection, or it is closed here.</summary>
    public static bool IsHungUp(SafeHandle socket)
    {
        const short Error = 0x8, HangUp = 0x10, Invalid = 0x20;
        var held = false;
        try
        {
            socket.DangerousAddRef(ref held);
            Span<PollFd> look = [new() { Fd = (int)socket.DangerousGetHandle() }];
            return Poll(look, 1, 0) > 0 && (look[0].Returned & (Error | HangUp | Invalid)) != 0;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
        finally
        {
            if (held) socket.DangerousRelease();
        }
    }

    /// <summary>A file that becomes readable by <see cref="Signal"/>, for a thread that waits in poll.</summary>
    public static int EventFd() => EventFd(0, SockCloexec) is var fd and >= 0 ? fd : throw Failure("eventfd");

    /// <summary>Makes it readable.</summary>
    public static void Signal(int eventFd) => _ = Write(eventFd, 1UL, sizeof(ulong));

    /// <summary>A file that tells what happens in folders, see <see cref="FolderEvents"/>.</summary>
    public static int OpenInotify() => OpenInotify(SockCloexec) is var fd and >= 0 ? fd : throw Failure("inotify_init1 (fs.inotify.max_user_instances says how many a user may have)");

    /// <summary>Has it tell what happens there; the number that it tells with it.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static int AddInotifyWatch(int inotify, string folder, uint mask)
    {
        if (AddWatch(inotify, folder, mask) is var watch and >= 0) return watch;
        throw Marshal.GetLastPInvokeError() is Enoent or Enotdir ? new DirectoryNotFoundException($"there is no folder {folder}") : Failure($"inotify_add_watch {folder} (fs.inotify.max_user_watches says how many a user may have)");
    }

    /// <summary>Has it tell nothing more of that.</summary>
    public static void RemoveInotifyWatch(int inotify, int watch) => _ = RemoveWatch(inotify, watch);

    /// <summary>Waits for the next of what it tells; how many bytes.</summary>
    public static int ReadInotify(int inotify, Span<byte> buffer)
    {
        while (true)
        {
            if (Read(inotify, buffer, buffer.Length) is var read and >= 0) return (int)read;
            if (Marshal.GetLastPInvokeError() != Eintr) throw Failure("read of inotify");
        }
    }

    /// <summary>From now on no program that is started inherits a file of this process but the three standard ones: libraries open some without saying so.</summary>
    public static void CloseOnExec()
    {
        const int GetFlags = 1;
        const int SetFlags = 2;
        const int Flag = 1;
        foreach (var path in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var fd) && fd > 2 && Control(fd, GetFlags, 0) is >= 0 and var flags && (flags & Flag) == 0) _ = Control(fd, SetFlags, flags | Flag);
        }
    }

    /// <summary>The exception for the system call that just failed on this thread.</summary>
    public static DataplaneException Failure(string operation) => Failure(operation, Marshal.GetLastPInvokeError());

    /// <summary>The exception for an errno.</summary>
    public static DataplaneException Failure(string operation, int errno) => new(operation, Text(errno));

    /// <summary>An errno in words.</summary>
    public static string Text(int errno) => $"{Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})";
}
