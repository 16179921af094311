using NetworkCluster.Addressing;

namespace NetworkCluster.Ipam;

/// <summary>A block from which free subnets of one size are picked for networks that name none.</summary>
/// <param name="Base">The block.</param>
/// <param name="Size">Prefix of the subnets, in bits.</param>
public sealed record DefaultPool(Subnet Base, int Size);
