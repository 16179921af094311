using System.Security.Cryptography;
using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands;

/// <summary>Ids are chosen here, at the edge, so that a command sent again is the same command. 256 random bits: two never meet.</summary>
internal static class NewIds
{
    public static NetworkId Network() => NetworkId.Parse(Hex());

    public static ContainerId Container() => ContainerId.Parse(Hex());

    public static EndpointId Endpoint() => EndpointId.Parse(Hex());

    private static string Hex() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
