using System.Globalization;
using System.Runtime.InteropServices;
using NetworkCluster.Agents;

namespace NetworkCluster.Linux;

public static unsafe partial class NetworkNamespace
{
    private const nuint MsBind = 0x1000;
    private const nuint MsRec = 0x4000;
    private const nuint MsShared = 0x100000;
    private const int MntDetach = 2;
    private const uint NsfsMagic = 0x6e736673;
    private const int AtFdCwd = -100;
    private const uint StatxIno = 0x100;

    /// <summary>Makes a named namespace. A plain file in its place (a reboot leaves those) is taken over; a living namespace is not.</summary>
    /// <exception cref="DataplaneException">It exists, or the kernel refuses.</exception>
    public static void Create(string path)
    {
        if (IsAlive(path)) throw Native.Failure($"ip netns add {Path.GetFileName(path)}", Native.Eexist);
        File.WriteAllBytes(path, []);
        try
        {
            CreateAt(path);
        }
        catch (DataplaneException)
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Takes the name away; the namespace ends when nothing is in it any more. No such name is a success.</summary>
    /// <exception cref="DataplaneException">The kernel refuses.</exception>
    public static void Delete(string path)
    {
        if (Native.Unmount(path, MntDetach) != 0 && Marshal.GetLastPInvokeError() is var errno and not (Native.Einval or Native.Enoent))
            throw Native.Failure($"ip netns del {Path.GetFileName(path)}", errno);
        File.Delete(path);
    }

    /// <summary>Whether a namespace is mounted there.</summary>
    public static bool IsAlive(string path)
    {
        Span<byte> result = stackalloc byte[256];
        return Native.StatFileSystem(path, result) == 0 && (uint)MemoryMarshal.Read<nint>(result) == NsfsMagic;
    }

    /// <summary>The number that tells namespaces apart, as in <c>net:[4026531833]</c>.</summary>
    /// <exception cref="DataplaneException">There is nothing at the path.</exception>
    public static ulong Inode(string path)
    {
        Span<byte> result = stackalloc byte[256];
        if (Native.StatExtended(AtFdCwd, path, 0, StatxIno, result) != 0) throw Native.Failure($"stat {path}");
        return BitConverter.ToUInt64(result[32..]);
    }

    /// <summary>
    /// Makes mounts under the directory of named namespaces seen in other mount namespaces too, as <c>ip netns</c> does; otherwise a namespace deleted here
    /// lives on in every mount namespace that was made meanwhile.
    /// </summary>
    /// <exception cref="DataplaneException">The kernel refuses.</exception>
    public static void PrepareDirectory(string directory)
    {
        Directory.CreateDirectory(directory);
        if (Native.Mount("", directory, "none", MsShared | MsRec, 0) == 0) return;
        if (Marshal.GetLastPInvokeError() != Native.Einval) throw Native.Failure($"mount --make-shared {directory}");
        if (Native.Mount(directory, directory, "none", MsBind | MsRec, 0) != 0) throw Native.Failure($"mount --bind {directory}");
        if (Native.Mount("", directory, "none", MsShared | MsRec, 0) != 0) throw Native.Failure($"mount --make-shared {directory}");
    }

    /// <summary>Every thread of this process that is not in the namespace the process started in, by its id. Empty, or the process is poisoned.</summary>
    public static IReadOnlyList<int> StrayThreads()
    {
        var self = SelfInode;
        var stray = new List<int>();
        foreach (var task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            if (InodeOf($"{task}/ns/net") is { } inode && inode != self) stray.Add(int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture));
        }

        return stray;
    }

    /// <summary>The namespace, or the file of another kind, that a link of /proc leads to; none for one that has ended meanwhile, is of no such kind or is not ours to look at.</summary>
    internal static ulong? InodeOf(string link, string kind = "net")
    {
        try
        {
            var target = new FileInfo(link).LinkTarget;
            return target is not null && target.StartsWith($"{kind}:[", StringComparison.Ordinal) && ulong.TryParse(target.AsSpan(kind.Length + 2, target.Length - kind.Length - 3), CultureInfo.InvariantCulture, out var inode) ? inode : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The namespace the process started in.</summary>
    internal static ulong SelfInode => Inode($"/proc/self/fd/{s_self}");
}
