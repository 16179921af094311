using System.Collections.Immutable;
using NetworkCluster.Addressing;

namespace NetworkCluster.Ipam;

/// <summary>Which subnets of a space share addresses with some blocks. Answer: <see cref="TakenSubnets"/>. Costs by what it answers, not by what there is.</summary>
/// <param name="Space">The space.</param>
/// <param name="Within">The blocks.</param>
public sealed record GetTakenSubnets(AddressSpaceId Space, ImmutableArray<Subnet> Within) : IQuery
{
    EntityKey IAddressed.Entity => new(EntityKind.AddressSpace, Space.ToString());
}

/// <summary>A subnet and the network that has it.</summary>
public sealed record TakenSubnet(Subnet Subnet, string Network);

/// <summary>Subnets that are taken, ascending.</summary>
public sealed record TakenSubnets(ImmutableArray<TakenSubnet> Subnets) : IReply;
