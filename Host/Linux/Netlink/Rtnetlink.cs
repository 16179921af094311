namespace NetworkCluster.Linux.Netlink;

/// <summary>The kernel's numbers (linux/rtnetlink.h, if_link.h, if_addr.h, if_bridge.h), those that are used.</summary>
internal static class Rtnetlink
{
    public const ushort NewLink = 16, DeleteLink = 17, GetLink = 18, SetLink = 19;
    public const ushort NewAddress = 20, DeleteAddress = 21, GetAddress = 22;
    public const ushort NewRoute = 24, DeleteRoute = 25, GetRoute = 26;

    public const ushort NewSetting = 80, SettingInterface = 1, SettingForwarding = 2;
    public const int AllInterfaces = -1;

    public const ushort NewNeighbour = 28, DeleteNeighbour = 29, GetNeighbour = 30;

    public const ushort LinkMac = 1, LinkName = 3, LinkMtu = 4, LinkPeer = 5, LinkDiscipline = 6, LinkMaster = 10, LinkOperationalState = 16, LinkInfo = 18, LinkAlias = 20, LinkFamilies = 26, LinkGroup = 27, LinkNetnsFd = 28, LinkExtMask = 29, LinkTransmitQueues = 31, LinkReceiveQueues = 32, LinkProgram = 43, ProgramAttached = 2, GetDiscipline = 38;
    public const uint Ingress = 0xffff_fff1;
    public const ushort InfoKind = 1, InfoData = 2, InfoSlaveKind = 4, InfoSlaveData = 5;
    public const ushort VethPeer = 1;
    public const ushort PortLearning = 8, PortFlush = 24, PortNeighbourSuppression = 32, PortIsolated = 33;
    public const ushort VxlanId = 1, VxlanLocal = 4, VxlanLearning = 7, VxlanPort = 15, VxlanLocal6 = 17;
    public const ushort NeighbourDestination = 1, NeighbourMac = 2, NeighbourInterface = 8, NeighbourMaster = 9;
    public const ushort NeighbourPermanent = 0x80, NeighbourStatic = 0x40;
    public const byte NeighbourOfItself = 2, NeighbourOfMaster = 4;
    public const ushort InetConfiguration = 1, RouteLocalnet = 26;
    public const int SkipStatistics = 1 << 3;
    public const uint Up = 1;
    public const byte OperationalUp = 6;

    public const ushort AddressAddress = 1, AddressLocal = 2, AddressBroadcast = 4, AddressFlags = 8;
    public const int NoDad = 2;

    public const ushort RouteDestination = 1, RouteOut = 4, RouteGateway = 5, RouteTable = 15;
    public const byte MainTable = 254, LocalTable = 255, Static = 4, Universe = 0, Nowhere = 255, Unicast = 1;
    public const uint Cloned = 0x200;

    public const byte Inet = 2, Bridge = 7, Inet6 = 10;

    /// <summary>struct ifinfomsg.</summary>
    public static NetlinkWriter LinkHeader(this NetlinkWriter writer, int index = 0, uint flags = 0, uint change = 0)
    {
        Span<byte> header = stackalloc byte[16];
        header.Clear();
        BitConverter.TryWriteBytes(header[4..], index);
        BitConverter.TryWriteBytes(header[8..], flags);
        BitConverter.TryWriteBytes(header[12..], change);
        return writer.Fixed(header);
    }

    /// <summary>struct ifaddrmsg.</summary>
    public static NetlinkWriter AddressHeader(this NetlinkWriter writer, byte family, int prefix, int index)
    {
        Span<byte> header = stackalloc byte[8];
        header.Clear();
        header[0] = family;
        header[1] = (byte)prefix;
        BitConverter.TryWriteBytes(header[4..], index);
        return writer.Fixed(header);
    }

    /// <summary>struct rtmsg.</summary>
    public static NetlinkWriter RouteHeader(this NetlinkWriter writer, byte family, int prefix = 0, byte table = 0, byte protocol = 0, byte scope = 0, byte type = 0) =>
        writer.Fixed([family, (byte)prefix, 0, 0, table, protocol, scope, type, 0, 0, 0, 0]);

    /// <summary>struct ndmsg.</summary>
    public static NetlinkWriter NeighbourHeader(this NetlinkWriter writer, byte family, int index = 0, ushort state = 0, byte flags = 0)
    {
        Span<byte> header = stackalloc byte[12];
        header.Clear();
        header[0] = family;
        BitConverter.TryWriteBytes(header[4..], index);
        BitConverter.TryWriteBytes(header[8..], state);
        header[10] = flags;
        return writer.Fixed(header);
    }

    /// <summary>AF_INET or AF_INET6.</summary>
    public static byte FamilyOf(bool isIPv6) => isIPv6 ? Inet6 : Inet;
}
