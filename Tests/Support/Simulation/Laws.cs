using NetworkCluster.Addressing;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Tests.Support.Simulation;

/// <summary>What must hold in a world when nothing is under way. Each finding is one line for people.</summary>
internal static class Laws
{
    public static List<string> Broken(World world, Operator @operator) =>
    [
        .. NoAddressTwice(world),
        .. NothingUnderWay(world),
        .. PortsAreOnePerContainer(world),
        .. RegistryAndNetworks(world),
        .. WishesAndMembers(world),
        .. PoolsHoldTheMembers(world),
        .. PoolsKeepWhatIsReserved(world),
        .. KernelIsWanted(world),
        .. ViewsAreCurrent(world),
        .. AcknowledgedIsThere(world, @operator),
        .. @operator.Lies,
    ];

    private static IEnumerable<string> NoAddressTwice(World world)
    {
        foreach (var (key, journal) in world.Journal.Where(entry => entry.Key.Kind == EntityKind.Pool))
        {
            var holders = new Dictionary<InetAddress, AddressHandle>();
            var owners = new Dictionary<InetAddress, string>();
            foreach (var fact in journal)
            {
                switch (fact)
                {
                    case AddressAllocated taken when !holders.TryAdd(taken.Address, taken.Handle): yield return $"{key}: {taken.Address} was given to {taken.Handle} while {holders[taken.Address]} had it"; break;
                    case AddressAllocated given when owners.GetValueOrDefault(given.Address, given.HolderName) != given.HolderName: yield return $"{key}: {given.HolderName} got {given.Address}, reserved for {owners[given.Address]}"; break;
                    case AddressKept kept: owners[kept.Address] = kept.Owner; break;
                    case AddressDropped dropped: owners.Remove(dropped.Address); break;
                    case AddressReleased free when !holders.Remove(free.Address): yield return $"{key}: {free.Address} was freed and had no holder"; break;
                    case PoolClosed:
                        holders.Clear();
                        owners.Clear();
                        break;
                }
            }
        }
    }

    private static IEnumerable<string> NothingUnderWay(World world)
    {
        foreach (var container in world.HostState.InOrder)
        {
            if (container.Operation is { } operation) yield return $"{container.Spec.Name}: {operation.Kind} is still under way";
            if (container.Phase is ContainerPhase.Removing or ContainerPhase.Stopping) yield return $"{container.Spec.Name} is still {container.Phase}";
            foreach (var leaving in container.Endpoints.Where(endpoint => endpoint.Leaving)) yield return $"{container.Spec.Name} is still leaving {leaving.Spec.NetworkName}";
        }

        foreach (var network in world.Space.Networks.Values.Where(network => network.Phase != RegistrationPhase.Confirmed)) yield return $"{network.Spec.Name} is still {network.Phase}";
        if (world.HostState.Names.Count != world.HostState.Containers.Count) yield return "a name is taken by no container";
        foreach (var container in world.HostState.InOrder.Where(container => container.NextName is not null || world.HostState.Named(container.Spec.Name) != container)) yield return $"{container.Spec.Name} is still being renamed";
        foreach (var id in Ids(world, EntityKind.Network).Select(id => world.Network(NetworkId.Parse(id))).Where(network => network.Exists && !network.Names.Keys.Order().SequenceEqual(network.Members.Values.Where(member => member.Attached).Select(member => member.Endpoint.Spec.ContainerName).Order()))) yield return $"{id.Spec!.Name} knows {string.Join(", ", id.Names.Keys)}";
        if (world.Living().Any(entity => entity.Stash.Count > 0)) yield return "messages still wait";
    }

    private static IEnumerable<string> PortsAreOnePerContainer(World world)
    {
        var held = world.HostState.InOrder.SelectMany(container => container.Ports.Select(port => (container, port.Host))).ToList();
        for (var i = 0; i < held.Count; i++)
        {
            foreach (var (other, port) in held.Skip(i + 1).Where(other => other.Host.Overlaps(held[i].Host))) yield return $"{port} is {held[i].container.Spec.Name}'s and {other.Spec.Name}'s";
        }

        foreach (var container in world.HostState.InOrder)
        {
            if (!container.IsRunning && !container.Ports.IsEmpty) yield return $"{container.Spec.Name} is stopped and has {container.Ports[0].Host}";
            if (container.IsRunning && container.Spec.Ports is not null && container.Ports.Length != 1) yield return $"{container.Spec.Name} runs without its port";
        }

        if (held.Count != world.HostState.PortHolders.Values.Sum(holders => holders.Count)) yield return "the list of who has which port is not what the containers have";
    }

    private static IEnumerable<string> RegistryAndNetworks(World world)
    {
        var registered = world.Space.Networks;
        foreach (var network in registered.Values)
        {
            if (!world.Network(network.Spec.Id).Exists) yield return $"{network.Spec.Name} is listed and does not exist";
            else if (world.Network(network.Spec.Id).Spec is var spec && (spec!.Edition, spec.Name) != (network.Spec.Edition, network.Spec.Name)) yield return $"{network.Spec.Name} is listed in edition {network.Spec.Edition}, the network itself is {spec.Name} in edition {spec.Edition}";
            if (world.Space.Names[network.Spec.Name] != network.Spec.Id) yield return $"{network.Spec.Name} is listed under another's name";
        }

        if (world.Space.Names.Count != registered.Count) yield return "a name is taken by no network";
        foreach (var id in Ids(world, EntityKind.Network).Select(id => NetworkId.Parse(id)).Where(id => world.Network(id).Exists && !registered.ContainsKey(id)))
        {
            yield return $"network {id.Short} exists and is not listed";
        }

        var pools = registered.Values.SelectMany(network => network.Spec.Pools.Select(pool => (pool.Id, network.Spec.Id))).ToDictionary();
        foreach (var id in Ids(world, EntityKind.Pool))
        {
            var pool = world.StateOf<PoolState>(EntityKind.Pool, id);
            if (pool.Network != (pools.TryGetValue(pool.Id, out var owner) ? owner : null)) yield return $"pool {id} belongs to {pool.Network?.Short}";
        }
    }

    private static IEnumerable<string> WishesAndMembers(World world)
    {
        var wishes = Wishes(world).ToDictionary(wish => wish.Endpoint.Spec.Id);
        foreach (var (container, endpoint) in wishes.Values)
        {
            var spec = endpoint.Spec;
            var network = world.Network(spec.Network);
            var what = $"{container.Spec.Name} ({spec.Id.Short}) in {spec.NetworkName}";
            var member = network.Exists ? network.Find(spec.Id) : null;
            var life = world.StateOf<EndpointState>(EntityKind.Endpoint, spec.Id.ToString());
            if (!network.Exists) yield return $"{what} is a wish for a network that is gone";
            if (spec.ContainerName != container.Spec.Name) yield return $"{what} is a wish of {spec.ContainerName}";
            if (member is not null && (member.Endpoint.Spec.ContainerName, member.Endpoint.Spec.NextName) != (container.Spec.Name, null)) yield return $"{what} is called {member.Endpoint.Spec.ContainerName} there, and may be called {member.Endpoint.Spec.NextName}";
            if (container.IsRunning)
            {
                if (member is not { Attached: true }) yield return $"{what} runs and has no place";
                else if (member.Endpoint.IPv4 != endpoint.Attached?.IPv4 || member.Endpoint.Mac != endpoint.Attached?.Mac) yield return $"{what} is shown with {endpoint.Attached?.IPv4}, its network says {member.Endpoint.IPv4}";
                if (life.Phase != EndpointPhase.Programmed) yield return $"{what} runs and is {life.Phase}";
                if (life.Incarnation != world.HostState.Incarnation) yield return $"{what} is bound under life {life.Incarnation}";
            }
            else
            {
                if (member is { Attached: true }) yield return $"{what} is stopped and has its place";
                if (endpoint.Attached is not null) yield return $"{what} is stopped and shown with {endpoint.Attached.IPv4}";
                if (life.Phase is not (EndpointPhase.Configured or null)) yield return $"{what} is stopped and {life.Phase}";
                // Who died before the refusal of a create was carried out has a wish that its network never agreed to.
                var possible = network.Exists && network.Spec!.Pools.Any(pool => pool.UserGiven && !pool.Id.Subnet.IsIPv6);
                if (possible && spec.Settings.IPv4 is not null && member is null) yield return $"{what} is stopped and its fixed address is not held";
            }
        }

        foreach (var id in Ids(world, EntityKind.Network).Where(id => world.Network(NetworkId.Parse(id)).Exists))
        {
            foreach (var ghost in world.Network(NetworkId.Parse(id)).Members.Keys.Where(member => !wishes.ContainsKey(member))) yield return $"network {id[..8]} has a ghost {ghost.Short}";
        }

        foreach (var id in Ids(world, EntityKind.Endpoint).Where(id => !wishes.ContainsKey(EndpointId.Parse(id))))
        {
            var life = world.StateOf<EndpointState>(EntityKind.Endpoint, id);
            if (life.Phase is not (EndpointPhase.Deleted or null)) yield return $"endpoint {id[..8]} is {life.Phase} and nobody wishes it";
        }
    }

    private static IEnumerable<string> PoolsKeepWhatIsReserved(World world)
    {
        var noted = world.Space.Reservations.Values;
        foreach (var kept in noted.Where(kept => kept.Phase != ReservationPhase.Kept)) yield return $"the reservation of {kept.Reservation.Address} is still {kept.Phase}";
        foreach (var kept in noted.Where(kept => !world.Space.Networks.ContainsKey(kept.Reservation.Network))) yield return $"{kept.Reservation.Address} is reserved in a network that is gone";
        var expected = noted.Select(kept => (kept.Reservation.Pool.ToString(), new AddressKept(kept.Reservation.Address, kept.Reservation.Owner, kept.Reservation.Until))).ToHashSet();
        var actual = Ids(world, EntityKind.Pool).SelectMany(id => world.StateOf<PoolState>(EntityKind.Pool, id).Kept.Select(kept => (id, kept))).ToHashSet();
        foreach (var missing in expected.Except(actual)) yield return $"{missing} is reserved and not kept";
        foreach (var leaked in actual.Except(expected)) yield return $"{leaked} is kept and not reserved";
    }

    private static IEnumerable<string> PoolsHoldTheMembers(World world)
    {
        foreach (var id in Ids(world, EntityKind.Pool))
        {
            var pool = world.StateOf<PoolState>(EntityKind.Pool, id);
            if (pool.Network is not { } network) continue;
            var members = world.Network(network).Members.Values
                .SelectMany(member => new[] { member.Endpoint.IPv4, member.Endpoint.IPv6 }.Where(address => address is { } a && pool.Id.Subnet.Contains(a)).Select(address => (AddressHandle.Of(member.Endpoint.Id), address!.Value)))
                .ToHashSet();
            var held = pool.Handles.Where(handle => handle.Key.Endpoint is not null).Select(handle => (handle.Key, handle.Value)).ToHashSet();
            foreach (var (handle, address) in held.Except(members)) yield return $"pool {id}: {address} has leaked to {handle}";
            foreach (var (handle, address) in members.Except(held)) yield return $"pool {id}: {address} of {handle} is not held";
        }
    }

    private static IEnumerable<string> KernelIsWanted(World world)
    {
        foreach (var difference in Difference("network", world.Kernel.Networks.Select(id => id.Short), world.Space.Networks.Keys.Select(id => id.Short))) yield return difference;
        var running = world.HostState.InOrder.Where(container => container.IsRunning).ToList();
        foreach (var difference in Difference("sandbox", world.Kernel.Sandboxes.Keys.Select(id => id.Short), running.Select(container => container.Spec.Id.Short))) yield return difference;
        foreach (var difference in Difference("endpoint",
            world.Kernel.Endpoints.Select(endpoint => $"{endpoint.Id.Short} {endpoint.IPv4} {endpoint.IPv6}"),
            running.SelectMany(container => container.Endpoints).Select(endpoint => $"{endpoint.Spec.Id.Short} {endpoint.Attached?.IPv4} {endpoint.Attached?.IPv6}"))) yield return difference;
    }

    private static IEnumerable<string> ViewsAreCurrent(World world)
    {
        foreach (var spec in world.Space.Networks.Values.Select(network => network.Spec))
        {
            var network = world.Network(spec.Id);
            var expected = network.Hosts.IsEmpty ? -1 : network.Revision;
            if (network.Exists && world.Agent.Views.RevisionOf(spec.Id) != expected) yield return $"{spec.Name}: the agent knows revision {world.Agent.Views.RevisionOf(spec.Id)}, the network has {expected}";
        }
    }

    private static IEnumerable<string> AcknowledgedIsThere(World world, Operator @operator)
    {
        foreach (var network in @operator.Networks.Where(network => network.Exists is not null))
        {
            if (network.Exists != (world.Space.Find(network.Id) is not null)) yield return $"{network.Name}: acknowledged is exists={network.Exists}, and that is not so";
        }

        foreach (var container in @operator.Containers.Where(container => container.Exists is not null))
        {
            var held = world.HostState.Find(container.Id);
            if (container.Exists != held is not null) yield return $"{container.Name}: acknowledged is exists={container.Exists}, and that is not so";
            if (held is null) continue;
            if (container.Name is { } name && name != held.Spec.Name) yield return $"{name}: that is its acknowledged name, and it is called {held.Spec.Name}";
            if (container.Running is { } running && running != held.IsRunning) yield return $"{container.Name}: acknowledged is running={running}, and it is {held.Phase}";
            foreach (var (id, (there, wish)) in container.Wishes)
            {
                if (there is null || @operator.Networks.First(network => network.Id == id).Exists != true) continue;
                if (there != held.In(id) is not null) yield return $"{container.Name}: acknowledged is connected={there} to {id.Short}, and that is not so";
                else if (wish?.Settings.IPv4 is { } address && there == true && world.Network(id).Find(wish.Id)?.Endpoint.IPv4 != address) yield return $"{container.Name}: {address} was promised, it has {world.Network(id).Find(wish.Id)?.Endpoint.IPv4}";
            }
        }
    }

    private static IEnumerable<string> Difference(string what, IEnumerable<string> found, IEnumerable<string> wanted)
    {
        var (have, want) = (found.ToHashSet(), wanted.ToHashSet());
        return [.. have.Except(want).Select(one => $"the kernel has the {what} {one} that nobody wants"), .. want.Except(have).Select(one => $"the kernel lacks the {what} {one}")];
    }

    private static IEnumerable<(HeldContainer Container, HeldEndpoint Endpoint)> Wishes(World world) =>
        world.HostState.InOrder.SelectMany(container => container.Endpoints.Select(endpoint => (container, endpoint)));

    private static List<string> Ids(World world, EntityKind kind) => [.. world.Journal.Keys.Where(key => key.Kind == kind).Select(key => key.Id)];
}
