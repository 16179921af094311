using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace NetworkCluster.Linux;

/// <summary>What has happened in a folder.</summary>
internal enum FolderChange
{
    /// <summary>Something was made there, written, or moved there.</summary>
    Written,
    /// <summary>Something was deleted, or moved away.</summary>
    Gone,
    /// <summary>The kernel has more to say than it kept, or the folder itself is gone.</summary>
    Unknown,
}

/// <summary>
/// The kernel's notices of what happens in folders (inotify): one instance and one thread for the process, however many listen. A user has 128 instances on a whole machine,
/// and the runtime's watcher takes one for each folder that is watched: as many clients at a container's output took them from everybody.
/// </summary>
internal sealed class FolderEvents
{
    // What is asked for: names that are made, come and go, and writing. That the folder itself is gone, and that it has more to say than it kept, the kernel says unasked.
    private const uint Created = 0x100, Modified = 0x2, MovedTo = 0x80, Deleted = 0x200, MovedFrom = 0x40, OnlyFolders = 0x0100_0000, Ignored = 0x8000, Overflow = 0x4000;
    private const int HeaderLength = 16, NoWatch = -1, StackSize = 128 * 1024;

    private static readonly Lock _birth = new();
    private static FolderEvents? _shared;

    private readonly int _inotify = Native.OpenInotify();
    private readonly Lock _gate = new();
    private readonly Dictionary<int, ImmutableList<Listener>> _listeners = [];

    private FolderEvents() => new Thread(Read, StackSize) { Name = "inotify", IsBackground = true }.Start();

    /// <summary>Tells of what happens there from now on, on a thread that others wait for, until the answer is disposed; one that was begun before may end after that.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="heard">What has happened, and to which name in it.</param>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    /// <exception cref="Agents.DataplaneException">The kernel takes no more of them.</exception>
    public static IDisposable Listen(string folder, Action<FolderChange, string?> heard)
    {
        // One that could not be had is tried for again.
        lock (_birth) _shared ??= new();
        return _shared.Add(folder, heard);
    }

    private Listener Add(string folder, Action<FolderChange, string?> heard)
    {
        lock (_gate)
        {
            // The kernel's number for a folder is the same for everybody who asks.
            var watch = Native.AddInotifyWatch(_inotify, folder, Created | Modified | MovedTo | Deleted | MovedFrom | OnlyFolders);
            var listener = new Listener(this, watch, heard);
            _listeners[watch] = _listeners.GetValueOrDefault(watch, []).Add(listener);
            return listener;
        }
    }

    private void Remove(Listener listener)
    {
        lock (_gate)
        {
            if (!_listeners.TryGetValue(listener.Watch, out var all) || !all.Contains(listener)) return;
            if (all.Count > 1)
            {
                _listeners[listener.Watch] = all.Remove(listener);
                return;
            }

            _listeners.Remove(listener.Watch);
            Native.RemoveInotifyWatch(_inotify, listener.Watch);
        }
    }

    private void Read()
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var left = buffer.AsSpan(0, Native.ReadInotify(_inotify, buffer));
            while (!left.IsEmpty)
            {
                var (watch, mask, length) = (BinaryPrimitives.ReadInt32LittleEndian(left), BinaryPrimitives.ReadUInt32LittleEndian(left[4..]), BinaryPrimitives.ReadInt32LittleEndian(left[12..]));
                Tell(watch, mask, length == 0 ? null : Encoding.UTF8.GetString(left.Slice(HeaderLength, length).TrimEnd((byte)0)));
                left = left[(HeaderLength + length)..];
            }
        }
    }

    private void Tell(int watch, uint mask, string? name)
    {
        ImmutableArray<Listener> listeners;
        lock (_gate)
        {
            listeners = watch == NoWatch ? [.. _listeners.Values.SelectMany(all => all)] : [.. _listeners.GetValueOrDefault(watch, [])];
            if ((mask & Ignored) != 0) _listeners.Remove(watch);
        }

        var change = (mask & (Ignored | Overflow)) != 0 ? FolderChange.Unknown : (mask & (Deleted | MovedFrom)) != 0 ? FolderChange.Gone : FolderChange.Written;
        foreach (var listener in listeners) listener.Heard(change, name);
    }

    private sealed class Listener(FolderEvents events, int watch, Action<FolderChange, string?> heard) : IDisposable
    {
        public int Watch => watch;

        public Action<FolderChange, string?> Heard => heard;

        public void Dispose() => events.Remove(this);
    }
}
