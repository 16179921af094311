using Akka.Actor;
using NetworkCluster.Addressing;
using NetworkCluster.Ipam;
using Npgsql;
using Xunit.Sdk;

namespace NetworkCluster.Tests.Cluster.FaultDriver;

/// <summary>
/// Compares what is with what must be, when the load rests and nothing is broken: every host's answers, every host's kernel, the names, and the journal. What nobody knew is looked up, and known from then on.
/// </summary>
internal sealed class FaultCheck(Underlay underlay, FaultModel model, ActorSystem reader, Random random, TimeSpan patience)
{
    private const int MostPings = 8;

    // What was given up without an answer is undone or done by then.
    private static readonly TimeSpan OverAfter = TimeSpan.FromSeconds(12);

    private static readonly TimeSpan ToldAfter = TimeSpan.FromSeconds(10);

    /// <summary>Returns when all is so, and says how long that took.</summary>
    /// <param name="lastUnknown">When the last command was given up without an answer.</param>
    public async Task<TimeSpan> RunAsync(DateTimeOffset lastUnknown)
    {
        List<HostSight> sights = [];
        var (wrong, took) = await HostSight.UntilRightAsync(patience, LookAsync);
        if (wrong.Count > 0) throw FaultViolationException.Of($"not so after {took.TotalSeconds:0} s", wrong);
        if (model.Networks.Any(network => network.Unsure) || model.Boxes.Any(box => box.Unsure))
        {
            var rest = lastUnknown + OverAfter - TimeProvider.System.GetUtcNow();
            if (rest > TimeSpan.Zero) await Task.Delay(rest);
            (wrong, _) = await HostSight.UntilRightAsync(TimeSpan.Zero, LookAsync);
            if (wrong.Count > 0) throw FaultViolationException.Of("no longer so", wrong);
            Learn(sights);
        }

        await JournalAsync(sights);
        await NamesAsync(sights);
        return took;

        async Task<IReadOnlyList<string>> LookAsync()
        {
            sights = [];
            for (var host = 1; host <= underlay.Hosts.Count; host++) sights.Add(await HostSight.LookAsync(host, underlay.Hosts[host - 1]));
            List<string> found = [];
            foreach (var sight in sights) found.AddRange([.. NetworksOf(sight), .. BoxesOf(sight), .. KernelOf(sight)]);
            // Whoever is asked, the cluster's networks are the same.
            foreach (var sight in sights.Skip(1)) found.AddRange(DifferencesOf(sights[0], sight));
            return found;
        }
    }

    private IEnumerable<string> NetworksOf(HostSight sight)
    {
        var networks = model.Networks.Where(network => network.Host is null || network.Host == sight.Host).ToDictionary(network => network.Name);
        var found = sight.Networks.Select(network => network.Name).Where(name => name != "bridge").ToHashSet();
        foreach (var network in networks.Values.Where(network => !network.Unsure && !found.Contains(network.Name))) yield return $"{network.Name} was created and is not there at host {sight.Host}";
        foreach (var name in found.Where(name => !networks.ContainsKey(name))) yield return $"{name} is there at host {sight.Host} and was never created, or removed";

        // Who runs is where it was connected; who does not run is nowhere.
        var boxes = ByName(model.Boxes);
        foreach (var network in sight.Networks)
        {
            foreach (var member in network.Members.Keys)
            {
                if (!boxes.TryGetValue(member, out var box)) yield return $"{member} is in {network.Name} and was never created, or removed";
                else if (!box.Unsure && !box.Running) yield return $"{member} does not run and is in {network.Name}";
                else if (!box.Unsure && !box.Networks.Contains(network.Name)) yield return $"{member} is in {network.Name} and was not connected";
                else if (!box.Unsure && box.Fixed.TryGetValue(network.Name, out var promised) && !network.Members[member].Address.StartsWith($"{promised}/", StringComparison.Ordinal)) yield return $"{member} was promised {promised} in {network.Name} and has {network.Members[member].Address}";
            }

            foreach (var box in boxes.Values.Where(box => !box.Unsure && box.Running && box.Networks.Contains(network.Name) && (network.Global || box.Host == sight.Host) && !network.Members.ContainsKey(box.Name)))
                yield return $"{box.Name} runs, was connected to {network.Name}, and is not there, as host {sight.Host} says";
        }
    }

    private IEnumerable<string> BoxesOf(HostSight sight)
    {
        var boxes = ByName(model.Boxes.Where(box => box.Host == sight.Host));
        foreach (var box in boxes.Values.Where(box => !box.Unsure && sight.Boxes.All(found => found.Name != box.Name))) yield return $"{box.Name} was created and is not there at host {sight.Host}";
        foreach (var found in sight.Boxes)
        {
            if (!boxes.TryGetValue(found.Name, out var box)) yield return $"{found.Name} is there at host {sight.Host} and was never created, or removed";
            else if (!box.Unsure && box.Running != found.Running) yield return $"{found.Name} {(found.Running ? "runs" : "does not run")} at host {sight.Host}";
        }
    }

    // One that may have been renamed may be there by either name.
    private static Dictionary<string, BoxModel> ByName(IEnumerable<BoxModel> boxes) => boxes.SelectMany(box => ((string?[])[box.Name, box.NextName]).OfType<string>().Select(name => (name, box))).ToDictionary();

    private static IEnumerable<string> KernelOf(HostSight sight)
    {
        var running = sight.Boxes.Where(box => box.Running).ToDictionary(box => $"{sight.Prefix}-{box.Id[..12]}");
        foreach (var name in running.Keys.Except(sight.Sandboxes)) yield return $"{running[name].Name} runs without its sandbox {name}";
        foreach (var name in sight.Sandboxes.Except(running.Keys)) yield return $"{name} is a sandbox at host {sight.Host} that nobody has";
        var own = sight.Networks.SelectMany(network => network.Members.Where(member => running.Values.Any(box => box.Name == member.Key)).Select(member => (Box: member.Key, member.Value.Endpoint, member.Value.Address))).ToList();
        foreach (var (name, box) in running.Where(pair => sight.Sandboxes.Contains(pair.Key)))
        {
            var (wanted, found) = (own.Where(member => member.Box == box.Name).Select(member => member.Address).Order().ToList(), Kernel.Addresses(name).Order().ToList());
            if (!wanted.SequenceEqual(found)) yield return $"{box.Name} has [{string.Join(' ', found)}] in its sandbox, [{string.Join(' ', wanted)}] in its networks";
        }

        var (veths, wishes) = (sight.Links.Where(link => link[2] == 'v').ToHashSet(), own.Select(member => $"{sight.Prefix[..2]}v{member.Endpoint[..11]}").ToHashSet());
        foreach (var link in veths.Except(wishes)) yield return $"{link} is a link at host {sight.Host} that nobody has";
        foreach (var link in wishes.Except(veths)) yield return $"{own.First(member => link.EndsWith(member.Endpoint[..11], StringComparison.Ordinal)).Box} lacks its link {link} at host {sight.Host}";
        var (tunnels, needed) = (sight.Links.Count(link => link[2] == 't'), sight.Networks.Count(network => network.Global && network.Members.Keys.Any(member => running.Values.Any(box => box.Name == member))));
        if (tunnels != needed) yield return $"host{sight.Host} has {tunnels} tunnels and is in {needed} networks";
    }

    private static IEnumerable<string> DifferencesOf(HostSight one, HostSight other)
    {
        var (left, right) = (Global(one), Global(other));
        foreach (var line in left.Except(right)) yield return $"{line}: host {one.Host} says so and host {other.Host} does not";
        foreach (var line in right.Except(left)) yield return $"{line}: host {other.Host} says so and host {one.Host} does not";

        static HashSet<string> Global(HostSight sight) => [.. sight.Networks.Where(network => network.Global).SelectMany(network => network.Members.Select(member => $"{network.Name} {member.Key} {member.Value.Endpoint} {member.Value.Address}").Append(network.Name))];
    }

    private void Learn(List<HostSight> sights)
    {
        foreach (var network in model.Networks.Where(network => network.Unsure))
        {
            if (sights.Any(sight => (network.Host is null || network.Host == sight.Host) && sight.Networks.Any(found => found.Name == network.Name))) model.Put(network with { Unsure = false });
            else model.RemoveNetwork(network.Name);
        }

        foreach (var box in model.Boxes.Where(box => box.Unsure))
        {
            if (sights[box.Host - 1].Boxes.Find(found => found.Name == box.Name || found.Name == box.NextName) is not { } found)
            {
                model.RemoveBox(box.Name);
                continue;
            }

            var known = box with { Name = found.Name, NextName = null, Id = found.Id, Running = found.Running, Networks = found.Networks, Fixed = found.Fixed, Aliases = found.Aliases, Unsure = false };
            if (found.Name == box.Name) model.Put(known, model.BootOf(box.Host));
            else model.Rename(box.Name, known, model.BootOf(box.Host));
        }
    }

    // Law 1, from the journal alone; and whoever holds an address is there and has it.
    private async Task JournalAsync(List<HostSight> sights)
    {
        await using var connection = new NpgsqlConnection($"{underlay.Journal};Pooling=false");
        await connection.OpenAsync();
        Dictionary<string, Dictionary<InetAddress, AddressHandle>> holders;
        try
        {
            holders = JournalFacts.AssertOneHolderEach(JournalFacts.Read(connection, reader));
        }
        catch (XunitException broken)
        {
            throw new FaultViolationException($"law 1: {broken.Message}", []);
        }

        var held = holders.SelectMany(pool => pool.Value).Where(pair => pair.Value.Endpoint is not null).Select(pair => $"{pair.Key} {pair.Value}").ToHashSet();
        var given = sights.SelectMany(sight => sight.Networks).SelectMany(network => network.Members.Values).Select(member => $"{InetAddress.Parse(member.Address.Split('/')[0])} {member.Endpoint}").ToHashSet();
        // Who does not run has nothing but what was promised.
        foreach (var promised in model.Boxes.Where(box => !box.Running).SelectMany(box => box.Fixed.Values))
        {
            var kept = held.FirstOrDefault(one => one.StartsWith($"{promised} ", StringComparison.Ordinal)) ?? throw new FaultViolationException($"{promised} was promised to a stopped container and is not held", [promised]);
            given.Add(kept);
        }

        if (!held.SetEquals(given)) throw new FaultViolationException($"addresses held and not given: {string.Join(", ", held.Except(given))}; given and not held: {string.Join(", ", given.Except(held))}", []);
    }

    // Who shares a network meets by name, wherever they are; who is gone has none.
    private async Task NamesAsync(List<HostSight> sights)
    {
        var hostOf = sights.SelectMany(sight => sight.Boxes.Where(box => box.Running).Select(box => (box.Name, sight.Host))).ToDictionary(pair => pair.Name, pair => underlay.Hosts[pair.Host - 1].Operator);
        var pairs = sights.SelectMany(sight => sight.Networks).Where(network => network.Name != "bridge").SelectMany(network => network.Members.Keys.SelectMany(from => network.Members.Keys.Where(to => to != from).Select(to => (network.Name, From: from, To: to)))).Distinct().ToArray();
        random.Shuffle(pairs);
        var boxes = model.Boxes.ToDictionary(box => box.Name);
        foreach (var (network, from, name) in pairs.Take(MostPings))
        {
            var to = boxes[name].Aliases.TryGetValue(network, out var alias) && random.Next(2) == 0 ? alias : name;
            // A host that has joined anew a moment ago is being told its views.
            var (wrong, _) = await HostSight.UntilRightAsync(ToldAfter, async () =>
            {
                var answer = await hostOf[from].RunAsync("container", "exec", ("container", from), ("command", "ping"), ("command", "-c1"), ("command", "-W2"), ("command", to));
                return answer.Done ? [] : [$"{answer.Out}{answer.Error}"];
            });
            if (wrong is [var why, ..]) throw new FaultViolationException($"{from} does not reach {to} in {network}: {why}", [from, to, network]);
        }

        if (pairs is not [var first, ..]) return;
        foreach (var gone in model.Gone.TakeLast(3))
        {
            var answer = await hostOf[first.From].RunAsync("container", "exec", ("container", first.From), ("command", "getent"), ("command", "hosts"), ("command", gone));
            if (answer.Done) throw new FaultViolationException($"{gone} is gone, and {first.From} is told {answer.Out}", [gone]);
        }
    }
}
