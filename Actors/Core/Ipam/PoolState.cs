using NetworkCluster.Addressing;
using NetworkCluster.Networks;

namespace NetworkCluster.Ipam;

/// <summary>What a pool knows: its network, and every address by holder and every holder by address. Changes in <see cref="PoolDecider.Evolve"/> alone.</summary>
public sealed class PoolState(PoolId id)
{
    private readonly AddressSet _taken = new(id.Subnet.LastOffset);
    private readonly Dictionary<AddressHandle, InetAddress> _byHandle = [];
    private readonly Dictionary<InetAddress, (AddressHandle Handle, string Name)> _byAddress = [];

    /// <summary>The pool's key.</summary>
    public PoolId Id { get; } = id;

    /// <summary>The network it belongs to; none while closed.</summary>
    public NetworkId? Network { get; private set; }

    /// <summary>That network's name.</summary>
    public string NetworkName { get; private set; } = "";

    /// <summary>All addresses that are taken, ascending.</summary>
    public IEnumerable<HeldAddress> Held => _byAddress.OrderBy(held => held.Key).Select(held => new HeldAddress(held.Key, held.Value.Handle, held.Value.Name));

    /// <summary>All holders.</summary>
    public IEnumerable<KeyValuePair<AddressHandle, InetAddress>> Handles => _byHandle;

    /// <summary>How many addresses are taken.</summary>
    public int Count => _byAddress.Count;

    /// <summary>The address somebody holds.</summary>
    public InetAddress? AddressOf(AddressHandle handle) => _byHandle.TryGetValue(handle, out var address) ? address : null;

    /// <summary>For people: who holds the address.</summary>
    public string? HolderOf(InetAddress address) => _byAddress.TryGetValue(address, out var holder) ? holder.Name : null;

    /// <summary>The lowest free address that may be picked.</summary>
    public InetAddress? LowestFree()
    {
        var (first, last) = AddressRange.Pickable(Id);
        return _taken.FirstFree(first, last) is { } offset ? Id.Subnet.Address.Plus(offset) : null;
    }

    internal void Open(NetworkId network, string name) => (Network, NetworkName) = (network, name);

    internal void Take(InetAddress address, AddressHandle handle, string name)
    {
        _taken.Add(address.Value - Id.Subnet.Address.Value);
        _byHandle[handle] = address;
        _byAddress[address] = (handle, name);
    }

    internal void Free(InetAddress address, AddressHandle handle)
    {
        _taken.Remove(address.Value - Id.Subnet.Address.Value);
        _byHandle.Remove(handle);
        _byAddress.Remove(address);
    }
}
