using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using NetworkCluster.Addressing;
using NetworkCluster.Networks;

namespace NetworkCluster.Ipam;

/// <summary>What a pool knows: its network, every address by holder and every holder by address, and which addresses are kept for whom. Changes in <see cref="PoolDecider.Evolve"/> alone.</summary>
public sealed class PoolState(PoolId id)
{
    // Held or kept: what is not picked for anybody.
    private readonly AddressSet _taken = new(id.Subnet.LastOffset);
    private readonly Dictionary<AddressHandle, InetAddress> _byHandle = [];
    private readonly Dictionary<InetAddress, (AddressHandle Handle, string Name)> _byAddress = [];
    private readonly SortedDictionary<InetAddress, (string Owner, DateTimeOffset? Until)> _kept = [];
    private readonly Dictionary<string, SortedSet<InetAddress>> _keptByOwner = [];
    // By address.
    private ImmutableArray<(UInt128 First, UInt128 Last)> _pickable = [AddressRange.Pickable(id)];

    /// <summary>The pool's key.</summary>
    public PoolId Id { get; } = id;

    /// <summary>The network it belongs to; none while closed.</summary>
    public NetworkId? Network { get; private set; }

    /// <summary>Further parts of the subnet that are picked from, as they came.</summary>
    public ImmutableArray<Subnet> MoreRanges { get; private set; } = [];

    /// <summary>That network's name.</summary>
    public string NetworkName { get; private set; } = "";

    /// <summary>All addresses that are taken, ascending; with those that nobody has and that are kept for somebody.</summary>
    public IEnumerable<HeldAddress> Held => _byAddress.Select(held => new HeldAddress(held.Key, held.Value.Handle, held.Value.Name))
        .Concat(_kept.Where(kept => !_byAddress.ContainsKey(kept.Key)).Select(kept => new HeldAddress(kept.Key, AddressHandle.Reserved(kept.Value.Owner), $"reserved for {kept.Value.Owner}")))
        .OrderBy(held => held.Address)
        .Select(held => _kept.TryGetValue(held.Address, out var kept) ? held with { Owner = kept.Owner, Until = kept.Until } : held);

    /// <summary>All addresses that are kept for somebody, ascending.</summary>
    public IEnumerable<AddressKept> Kept => _kept.Select(kept => new AddressKept(kept.Key, kept.Value.Owner, kept.Value.Until));

    /// <summary>All holders.</summary>
    public IEnumerable<KeyValuePair<AddressHandle, InetAddress>> Handles => _byHandle;

    /// <summary>How many addresses somebody has.</summary>
    public int Count => _byAddress.Count;

    /// <summary>The address somebody holds.</summary>
    public InetAddress? AddressOf(AddressHandle handle) => _byHandle.TryGetValue(handle, out var address) ? address : null;

    /// <summary>For people: who holds the address.</summary>
    public string? HolderOf(InetAddress address) => _byAddress.TryGetValue(address, out var holder) ? holder.Name : null;

    /// <summary>Whom the address is kept for.</summary>
    public bool IsKept(InetAddress address, [NotNullWhen(true)] out string? owner, out DateTimeOffset? until)
    {
        var isKept = _kept.TryGetValue(address, out var kept);
        (owner, until) = kept;
        return isKept;
    }

    /// <summary>The lowest address that is kept for the owner and that nobody has.</summary>
    public InetAddress? KeptFor(string owner)
    {
        if (!_keptByOwner.TryGetValue(owner, out var addresses)) return null;
        foreach (var address in addresses) if (!_byAddress.ContainsKey(address)) return address;
        return null;
    }

    /// <summary>The lowest free address that may be picked.</summary>
    public InetAddress? LowestFree()
    {
        foreach (var (first, last) in _pickable)
        {
            if (_taken.FirstFree(first, last) is { } offset) return Id.Subnet.Address.Plus(offset);
        }

        return null;
    }

    internal void Widen(Subnet range)
    {
        MoreRanges = MoreRanges.Add(range);
        _pickable = [.. MoreRanges.Select(more => AddressRange.Pickable(Id.Subnet, more)).Prepend(AddressRange.Pickable(Id)).OrderBy(picked => picked.First)];
    }

    internal void Open(NetworkId network, string name) => (Network, NetworkName) = (network, name);

    internal void Take(InetAddress address, AddressHandle handle, string name)
    {
        _taken.Add(OffsetOf(address));
        _byHandle[handle] = address;
        _byAddress[address] = (handle, name);
    }

    internal void Take(ImmutableArray<AddressAllocated> held)
    {
        _byHandle.EnsureCapacity(_byHandle.Count + held.Length);
        _byAddress.EnsureCapacity(_byAddress.Count + held.Length);
        foreach (var (address, handle, name) in held) Take(address, handle, name);
    }

    internal void Free(InetAddress address, AddressHandle handle)
    {
        _byHandle.Remove(handle);
        _byAddress.Remove(address);
        if (!_kept.ContainsKey(address)) _taken.Remove(OffsetOf(address));
    }

    internal void Keep(InetAddress address, string owner, DateTimeOffset? until)
    {
        _taken.Add(OffsetOf(address));
        _kept[address] = (owner, until);
        if (!_keptByOwner.TryGetValue(owner, out var addresses)) _keptByOwner[owner] = addresses = [];
        addresses.Add(address);
    }

    internal void Drop(InetAddress address)
    {
        if (_kept.Remove(address, out var kept) && _keptByOwner[kept.Owner] is var addresses && addresses.Remove(address) && addresses.Count == 0) _keptByOwner.Remove(kept.Owner);
        if (!_byAddress.ContainsKey(address)) _taken.Remove(OffsetOf(address));
    }

    private UInt128 OffsetOf(InetAddress address) => address.Value - Id.Subnet.Address.Value;
}
