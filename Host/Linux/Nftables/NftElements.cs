using System.Collections.Immutable;
using System.Text;
using NetworkCluster.Agents;
using NetworkCluster.Dataplane;
using NetworkCluster.Linux.Netlink;

namespace NetworkCluster.Linux.Nftables;

/// <summary>
/// Adds, deletes and reads set elements with nfnetlink messages of our own: tens of microseconds where libnftables takes hundreds and a forked nft tens of
/// milliseconds. The socket is long-lived, because closing one waits for the kernel's deferred clean-up. For one thread at a time: a lock.
/// </summary>
internal sealed class NftElements : IDisposable
{
    private const ushort BatchBegin = 0x10, BatchEnd = 0x11;
    private const ushort Subsystem = 10 << 8;
    private const ushort GetTable = Subsystem | 1, TableName = 1;
    private const ushort NewElement = Subsystem | 12, GetElement = Subsystem | 13, DeleteElement = Subsystem | 14;
    private const ushort GetChain = Subsystem | 4, GetFlowTable = Subsystem | 23;
    private const byte InetFamily = 1, DeviceFamily = 5;
    private const ushort ListTable = 1, ListSet = 2, ListElements = 3, ListElement = 1, DataVerdict = 2, VerdictCode = 1;
    internal const ushort ElementKey = 1, ElementData = 2, DataValue = 1;
    internal const ushort Nested = 0x8000;
    private const int Accept = 1;
    private const int NameBytes = 16;

    private readonly Lock _gate = new();
    private NetlinkSocket? _socket;

    /// <summary>Adds one.</summary>
    /// <exception cref="DataplaneException">The kernel refuses.</exception>
    public void Add(AddElement step) => Change(step, step.Table, NftTable.NameOf(step.Element.Set), writer => Element(writer, step.Element), NewElement, NetlinkWriter.Ack | NetlinkWriter.Create);

    /// <summary>Deletes one; none there is a success.</summary>
    /// <exception cref="DataplaneException">The kernel refuses.</exception>
    public void Delete(DeleteElement step) => Change(step, step.Table, NftTable.NameOf(step.Element.Set), writer => Element(writer, step.Element), DeleteElement, NetlinkWriter.Ack);

    /// <summary>Publishes a port.</summary>
    /// <exception cref="DataplaneException">The kernel refuses: the port leads elsewhere already.</exception>
    public void Add(AddMapping step)
    {
        Change(step, step.Table, NftTable.NameOf(step.Mapping.Key), writer => NftMappings.Write(writer, step.Mapping), NewElement, NetlinkWriter.Ack | NetlinkWriter.Create);
        lock (_gate) UdpFlows.Forget(Socket, step.Mapping.Key);
    }

    /// <summary>Publishes a port no more; none there is a success.</summary>
    /// <exception cref="DataplaneException">The kernel refuses.</exception>
    public void Delete(DeleteMapping step)
    {
        Change(step, step.Table, NftTable.NameOf(step.Mapping.Key), writer => NftMappings.WriteKey(writer, step.Mapping.Key), DeleteElement, NetlinkWriter.Ack);
        lock (_gate) UdpFlows.Forget(Socket, step.Mapping.Key);
    }

    /// <summary>All elements of the table; none where there is no such table.</summary>
    /// <exception cref="DataplaneException">The kernel refuses to tell.</exception>
    public ImmutableHashSet<SetElement>? List(string table)
    {
        var all = ImmutableHashSet.CreateBuilder<SetElement>();
        foreach (var set in NftTable.Sets)
        {
            if (List<SetElement>(table, NftTable.NameOf(set), (element, found) => Read(set, element, found)) is not { } some) return null;
            all.UnionWith(some);
        }

        return all.ToImmutable();
    }

    /// <summary>The elements that these links are in; none where there is no such table. One question each, so its price does not grow with the table.</summary>
    /// <exception cref="DataplaneException">The kernel refuses to tell.</exception>
    public ImmutableHashSet<SetElement>? Of(string table, ImmutableArray<string> links)
    {
        if (!Knows($"nft list table inet {table}", Header(new NetlinkWriter().Begin(GetTable, 0), InetFamily).Attribute(TableName, table))) return null;
        return
        [
            .. from link in links
               from set in NftTable.Sets
               let element = new SetElement(set, link)
               where Knows($"nft get element inet {table} {NftTable.NameOf(set)} {link}", Named(new NetlinkWriter().Begin(GetElement, 0), table, NftTable.NameOf(set), writer => Key(writer, element)))
               select element,
        ];
    }

    /// <summary>Whether anybody has chains or flow tables at devices: those stay with a device whatever it is called.</summary>
    /// <exception cref="DataplaneException">The kernel refuses to tell.</exception>
    public bool AreAtDevices() => Lists("nft list chains netdev", GetChain, DeviceFamily) || Lists("nft list flowtables", GetFlowTable, 0);

    private bool Lists(string command, ushort question, byte family)
    {
        var any = false;
        try
        {
            lock (_gate) Socket.Dump(Header(new NetlinkWriter().Begin(question, NetlinkWriter.Dump), family), () => any = false, (_, _) => any = true);
            return any;
        }
        catch (NetlinkException refusal)
        {
            throw new DataplaneException(command, refusal.Message, refusal);
        }
    }

    private bool Knows(string command, NetlinkWriter question)
    {
        try
        {
            lock (_gate) Socket.Ask(question, (_, _) => { });
            return true;
        }
        catch (NetlinkException none) when (none.Errno == Native.Enoent)
        {
            return false;
        }
        catch (NetlinkException refusal)
        {
            throw new DataplaneException(command, refusal.Message, refusal);
        }
    }

    /// <summary>All published ports of the table; none where there is no such table, or where it is an older version's that could not publish.</summary>
    /// <exception cref="DataplaneException">The kernel refuses to tell.</exception>
    public ImmutableHashSet<PortMapping> ListMappings(string table) =>
        [.. NftTable.Maps.SelectMany(map => List<PortMapping>(table, map.Name, (element, found) => NftMappings.Read(map.IsIPv6, map.HasAddress, element, found)) ?? [])];

    private delegate void Reader<T>(ReadOnlySpan<byte> element, List<T> found);

    private List<T>? List<T>(string table, string set, Reader<T> read)
    {
        var found = new List<T>();
        try
        {
            var question = Header(new NetlinkWriter().Begin(GetElement, NetlinkWriter.Dump), InetFamily).Attribute(ListTable, table).Attribute(ListSet, set);
            lock (_gate) Socket.Dump(question, found.Clear, (_, payload) => ReadElements(payload, read, found));
            return found;
        }
        catch (NetlinkException none) when (none.Errno == Native.Enoent)
        {
            return null;
        }
        catch (NetlinkException refusal)
        {
            throw new DataplaneException($"nft list set inet {table} {set}", refusal.Message, refusal);
        }
    }

    private static void ReadElements<T>(ReadOnlySpan<byte> payload, Reader<T> read, List<T> found)
    {
        var message = new NetlinkAttributes(payload[4..]);
        while (message.Next())
        {
            if (message.Type != ListElements) continue;
            var items = new NetlinkAttributes(message.Value);
            while (items.Next()) read(items.Value, found);
        }
    }

    private void Change(Step step, string table, string set, Action<NetlinkWriter> element, ushort type, ushort flags)
    {
        var writer = new NetlinkWriter();
        Header(writer.Begin(BatchBegin, 0), 0, 10);
        Named(writer.Begin(type, (ushort)flags), table, set, element);
        Header(writer.Begin(BatchEnd, 0), 0, 10);
        lock (_gate)
        {
            if (Socket.Execute(writer) is [var refusal, ..] && !(type == DeleteElement && refusal.Errno == Native.Enoent))
                throw new DataplaneException(step.ToString(), refusal.Message, refusal);
        }
    }

    private static NetlinkWriter Named(NetlinkWriter message, string table, string set, Action<NetlinkWriter> element)
    {
        Header(message, InetFamily).Attribute(ListTable, table).Attribute(ListSet, set);
        var list = message.Nest(ListElements | Nested);
        var item = message.Nest(ListElement | Nested);
        element(message);
        return message.End(item).End(list);
    }

    private static void Element(NetlinkWriter writer, SetElement element)
    {
        Key(writer, element);
        if (element.Set != NftSet.Intra) return;
        var data = writer.Nest(ElementData | Nested);
        var verdict = writer.Nest(DataVerdict | Nested);
        writer.AttributeBigEndian(VerdictCode, Accept).End(verdict).End(data);
    }

    private static void Key(NetlinkWriter writer, SetElement element)
    {
        Span<byte> key = stackalloc byte[2 * NameBytes];
        key.Clear();
        Encoding.ASCII.GetBytes(element.Link, key[..NameBytes]);
        Encoding.ASCII.GetBytes(element.Link, key[NameBytes..]);
        var keyNest = writer.Nest(ElementKey | Nested);
        writer.Attribute(DataValue, element.Set == NftSet.Intra ? key : key[..NameBytes]).End(keyNest);
    }

    /// <summary>struct nfgenmsg; its resource number is in network byte order.</summary>
    internal static NetlinkWriter Header(NetlinkWriter writer, byte family, byte resource = 0) => writer.Fixed([family, 0, 0, resource]);

    private static void Read(NftSet set, ReadOnlySpan<byte> element, List<SetElement> found)
    {
        var item = new NetlinkAttributes(element);
        while (item.Next())
        {
            var key = new NetlinkAttributes(item.Value);
            if (item.Type == ElementKey && key.Next() && key.Value.Length >= NameBytes)
                found.Add(new SetElement(set, Encoding.ASCII.GetString(key.Value[..NameBytes].TrimEnd((byte)0))));
        }
    }

    private NetlinkSocket Socket => _socket ??= NetlinkSocket.Open(NetlinkSocket.Netfilter, null);

    /// <summary>Closes the socket.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _socket?.Dispose();
            _socket = null;
        }
    }
}
