using System.Globalization;
using NetworkCluster.Addressing;
using NetworkCluster.Endpoints;

namespace NetworkCluster.Networks;

/// <summary>Link-layer addresses: in a network each has one holder, the gateway among them.</summary>
public static class LinkLayer
{
    private const int HexDigits = 8;

    /// <summary>The gateway's: the same on every host, so that a container finds its gateway wherever it is.</summary>
    public static MacAddress OfGateway(NetworkSpec network) =>
        network.Pools.FirstOrDefault(pool => pool.Gateway is { IsIPv6: false })?.Gateway is { } gateway ? MacAddress.ForIPv4(gateway) : FromId(network.Id.ToString(), 0);

    /// <summary>
    /// Who chooses none gets Docker's by the IPv4 address. Where there is no such address, or another has chosen just that one, it is made of the endpoint's id, a part of it after
    /// the other until one is free.
    /// </summary>
    public static MacAddress For(EndpointId id, InetAddress? ipv4, Func<MacAddress, bool> isTaken)
    {
        if (ipv4 is { } address && MacAddress.ForIPv4(address) is var byAddress && !isTaken(byAddress)) return byAddress;
        var text = id.ToString();
        return Enumerable.Range(0, text.Length - HexDigits + 1).Select(at => FromId(text, at)).Cast<MacAddress?>().FirstOrDefault(mac => !isTaken(mac!.Value)) ?? FromId(text, 0);
    }

    // 32 bits of an id in the place of an IPv4 address.
    private static MacAddress FromId(string id, int at) =>
        MacAddress.ForIPv4(new InetAddress(uint.Parse(id.AsSpan(at, HexDigits), NumberStyles.HexNumber, CultureInfo.InvariantCulture), false));
}
