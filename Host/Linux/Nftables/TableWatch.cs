using System.Globalization;
using NetworkCluster.Dataplane;
using NetworkCluster.Linux.Netlink;

namespace NetworkCluster.Linux.Nftables;

/// <summary>
/// Hears when somebody else changes our nftables table. The kernel says with each change by which socket it came; this process's own sockets are known by their inodes. For one
/// thread at a time.
/// </summary>
internal sealed class TableWatch : IDisposable
{
    private const int Subsystem = 10, NewGeneration = 15;
    private const byte InetFamily = 1;
    private const int TableName = 1;

    private readonly string _table;
    private readonly NetlinkListener _listener = NetlinkListener.Open(NetlinkSocket.Netfilter, null, NetlinkListener.Tables);
    private HashSet<uint> _own = [];

    /// <summary>Watches the namespace this process is in.</summary>
    /// <exception cref="Agents.DataplaneException">The kernel refuses.</exception>
    public TableWatch(Naming naming) => _table = naming.Table;

    /// <summary>Readable when any table of the host has changed.</summary>
    public int Fd => _listener.Fd;

    /// <summary>Whether somebody else has, or may have, changed our table since the last time.</summary>
    public bool Take()
    {
        var ports = new HashSet<uint>();
        var whole = _listener.Take((type, port, payload) =>
        {
            if (IsOurTable(type, payload)) ports.Add(port);
        });
        if (!whole) return true;
        // Nothing but the end of a namespace comes from no port.
        ports.Remove(0);
        ports.ExceptWith(_own);
        if (ports.Count == 0) return false;
        _own = OwnPorts();
        ports.ExceptWith(_own);
        return ports.Count > 0;
    }

    // In every message of a table or of what is in it the first attribute is the table's name.
    private bool IsOurTable(ushort type, ReadOnlySpan<byte> payload)
    {
        if (type >> 8 != Subsystem || (type & 0xff) == NewGeneration || payload.Length < 4 || payload[0] != InetFamily) return false;
        var attributes = new NetlinkAttributes(payload[4..]);
        return attributes.Seek(TableName) && attributes.Text == _table;
    }

    // The columns are sk, Eth (the protocol), Pid (the port), Groups, Rmem, Wmem, Dump, Locks, Drops, Inode.
    private static HashSet<uint> OwnPorts()
    {
        var mine = Directory.EnumerateFileSystemEntries("/proc/self/fd").Select(file => NetworkNamespace.InodeOf(file, "socket")).OfType<ulong>().ToHashSet();
        return
        [
            .. from line in File.ReadLines("/proc/thread-self/net/netlink").Skip(1)
               let columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
               where columns.Length >= 10 && columns[1] == "12" && mine.Contains(ulong.Parse(columns[9], CultureInfo.InvariantCulture))
               select uint.Parse(columns[2], CultureInfo.InvariantCulture),
        ];
    }

    /// <summary>Stops listening.</summary>
    public void Dispose() => _listener.Dispose();
}
