using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using NetworkCluster.Containers;
using NetworkCluster.Dataplane;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosting;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace NetworkCluster.Agents;

// What the agent does with each wish: outside the actor, answered by one message.
internal sealed partial class HostAgent
{
    // What nobody wants any more goes first (it may stand in the way), then networks are there (their bridges may have died with the machine), then endpoints come.
    private async Task AdoptAsync(NetworkList list, HostWelcome welcome)
    {
        _networking.Expect(welcome.Running.SelectMany(container => container.Endpoints).Select(endpoint => endpoint.Spec));
        // Before the sweep: what is said to be published stays published.
        foreach (var container in welcome.Running) await TryAsync($"publish the ports of {container.Spec.Name}", () => _networking.PublishAsync(container.Spec.Id, container.Ports, _stopping.Token)).ConfigureAwait(false);
        var endpoints = welcome.Running.SelectMany(container => container.Endpoints).Select(endpoint => endpoint.Spec.Id).ToHashSet();
        // Those of the cluster are on this host for its endpoints' sake.
        var networks = list.Networks.Select(network => network.Id).Concat(welcome.Running.SelectMany(container => container.Endpoints).Select(endpoint => endpoint.Spec.Network)).ToHashSet();
        var swept = await _networking.SweepAsync(networks, welcome.Running.Select(container => container.Spec.Id).ToHashSet(), endpoints, _stopping.Token).ConfigureAwait(false);
        if (swept.Links + swept.Sandboxes > 0) _log.Info("removed {0} links and {1} sandboxes that nobody wants", swept.Links, swept.Sandboxes);
        foreach (var network in list.Networks)
        {
            if (await TryAsync($"make network {network.Name}", () => _networking.EnsureNetworkAsync(network, _stopping.Token)).ConfigureAwait(false) is { } failure) _lines.Say(LogLevel.Error, failure.Text, null, (MessageSubject.Network, network.Id));
        }

        _networksThere.TrySetResult();
    }

    private void Prepare(BindEndpoint bind)
    {
        if (bind.Incarnation != _incarnation || !_departures.MayCome(bind) || _preparations.Begin(bind) is not { } preparation) return;
        // Of one that is over by then it finds nothing.
        Timers.StartSingleTimer(preparation, new NotFollowed(preparation), _followPatience);
        // What goes wrong with it is said when it is asked for.
        InLane(bind.Endpoint.Spec.Container, async () =>
        {
            await _networksThere.Task.WaitAsync(_stopping.Token).ConfigureAwait(false);
            preparation.IsDone = await AttachAsync(bind).ConfigureAwait(false) is null;
            return null;
        });
    }

    private void TakeBack(Preparation preparation)
    {
        if (!_preparations.IsLate(preparation)) return;
        var spec = preparation.Bind.Endpoint.Spec;
        InLane(spec.Container, async () =>
        {
            await DetachAsync(spec, preparation.Bind).ConfigureAwait(false);
            return null;
        });
    }

    private Task<Rejection?> AttachAsync(BindEndpoint bind) => TryAsync($"attach {bind.Endpoint.Spec.ContainerName} to network {bind.Network.Name}", () => _networking.AttachAsync(bind.Network, bind.Endpoint, _stopping.Token));

    // What cannot be taken away now, the next reconciliation or sweep takes away: the leaving goes on.
    private async Task DetachAsync(EndpointSpec endpoint, IAddressed about)
    {
        if (await TryAsync($"detach {endpoint.ContainerName} from network {endpoint.NetworkName}", () => _networking.DetachAsync(endpoint.Id, _stopping.Token)).ConfigureAwait(false) is { } failure) _lines.Say(LogLevel.Warning, failure.Text, about);
    }

    private void Program(BindEndpoint bind)
    {
        // An earlier life's wish: nobody waits for it.
        if (bind.Incarnation != _incarnation) return;
        var container = bind.Endpoint.Spec.Container;
        if (!_departures.Comes(bind))
        {
            // In its turn: who waits for the end of the leaving hears that first.
            InLane(container, () => Task.FromResult<IAddressed?>(new EndpointApplied(bind, new HostFault(_host, $"attach {bind.Endpoint.Spec.ContainerName} to network {bind.Network.Name}", "it was told to leave since"))));
            return;
        }

        _arrivals.Expect(bind);
        _names.Join(container, bind.Network.Id, bind.Endpoint.Spec);
        var linked = !bind.Network.HasNames && !bind.Endpoint.Spec.Settings.Links.IsEmpty;
        if (linked) _linked.Add(container);
        var prepared = _preparations.End(bind);
        InLane(container, async () =>
        {
            await _networksThere.Task.WaitAsync(_stopping.Token).ConfigureAwait(false);
            var failure = linked ? await NameAsync(container).ConfigureAwait(false) : null;
            if (failure is null && prepared is not { IsDone: true }) failure = await AttachAsync(bind).ConfigureAwait(false);
            return new EndpointApplied(bind, failure);
        });
    }

    private void Withdraw(UnbindEndpoint withdrawal)
    {
        // Out of DNS now; the address stays taken until the kernel is done, so that nobody else gets it too early.
        var endpoint = withdrawal.Endpoint;
        _departures.Leaves(withdrawal);
        _preparations.End(endpoint.Id);
        _arrivals.Forget(endpoint.Id);
        ForgetArriving(endpoint.Id);
        _names.RemoveEndpoint(endpoint.Network, endpoint.Id);
        _names.Leave(endpoint.Container, endpoint.Network);
        NameAgain(endpoint.Container);
        InLane(endpoint.Container, async () =>
        {
            await DetachAsync(endpoint, withdrawal).ConfigureAwait(false);
            _lines.Say(LogLevel.Information, $"{endpoint.ContainerName} is out of network {endpoint.NetworkName}", withdrawal);
            return new EndpointWithdrawn(withdrawal);
        });
    }

    // Links on the predefined network are in the container's hosts file, too, as they always were; it follows the addresses of those it names.
    private void NameAgain(NetworkSpec network)
    {
        if (network.HasNames) return;
        foreach (var container in _linked) NameAgain(container);
    }

    private void NameAgain(ContainerId container)
    {
        if (!_linked.Contains(container)) return;
        InLane(container, async () =>
        {
            // In the lane, so that the last one to write is the last one to have looked.
            if (await NameAsync(container).ConfigureAwait(false) is { } failure) _lines.Say(LogLevel.Warning, failure.Text, null, (MessageSubject.Container, container));
            return null;
        });
    }

    private Task<Rejection?> NameAsync(ContainerId container) => TryAsync($"name the links of {container.Short}", () => _networking.NameAsync(container, _names.PrivateNames(container), _stopping.Token));

    private async Task<IAddressed> ApplyAsync(NetworkSpec spec) =>
        new NetworkApplied(spec, await TryAsync($"make network {spec.Name}", async () =>
        {
            await _networksThere.Task.WaitAsync(_stopping.Token).ConfigureAwait(false);
            await _networking.EnsureNetworkAsync(spec, _stopping.Token).ConfigureAwait(false);
        }).ConfigureAwait(false));

    private async Task<IAddressed> WithdrawAsync(DismantleNetwork dismantle)
    {
        // The list we adopt by was made before this: were we quicker than it, it would put the network back.
        await _networksThere.Task.WaitAsync(_stopping.Token).ConfigureAwait(false);
        if (await TryAsync($"remove network {dismantle.Spec.Name}", () => _networking.RemoveNetworkAsync(dismantle.Spec.Id, _stopping.Token)).ConfigureAwait(false) is { } failure) _lines.Say(LogLevel.Warning, failure.Text, dismantle);
        return new NetworkWithdrawn(dismantle);
    }

    private Func<Task<IAddressed?>> StartSandboxAsync(StartSandbox start)
    {
        var sandbox = Open(start.Container, adopted: false, start.Ports);
        return async () => new SandboxStarted(_host, start.Container.Id, start.Incarnation, await TryAsync($"make the sandbox of {start.Container.Name}", () => sandbox).ConfigureAwait(false));
    }

    private void Adopt(ContainerSpec container)
    {
        var sandbox = Open(container, adopted: true, []);
        InLane(container.Id, async () =>
        {
            if (await TryAsync($"adopt the sandbox of {container.Name}", () => sandbox).ConfigureAwait(false) is { } failure) _lines.Say(LogLevel.Error, failure.Text, null, (MessageSubject.Container, container.Id));
            return null;
        });
    }

    // A namespace that somebody took away has been made anew, and names are still served in the old one. In the lane, so that none is reopened that has been closed.
    private void Reopen(ContainerId container)
    {
        if (!_sandboxes.TryGetValue(container, out var sandbox) || sandbox.Sandbox is not { IsCompletedSuccessfully: true } opening) return;
        InLane(container, async () =>
        {
            if (await TryAsync($"serve names in {sandbox.Spec.Name}", async () => _services.Reopen(sandbox.Spec, await opening.ConfigureAwait(false))).ConfigureAwait(false) is { } failure) _lines.Say(LogLevel.Warning, failure.Text, null, (MessageSubject.Container, container));
            return null;
        });
    }

    // Those that are being made are waited for: only what could be made lives.
    private async Task<Opened> OpenedAsync()
    {
        var sandboxes = _sandboxes.Select(sandbox => (Id: sandbox.Key, sandbox.Value.Sandbox)).ToList();
        await Task.WhenAll(sandboxes.Select(sandbox => (Task)sandbox.Sandbox)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return new([.. sandboxes.Where(sandbox => sandbox.Sandbox.IsCompletedSuccessfully).Select(sandbox => sandbox.Id)]);
    }

    private Task<Sandbox> Open(ContainerSpec container, bool adopted, ImmutableArray<PublishedPort> ports)
    {
        var incarnation = _incarnation;
        var opening = OpenAsync();
        _sandboxes[container.Id] = (container, opening);
        return opening;

        async Task<Sandbox> OpenAsync()
        {
            await _networksThere.Task.WaitAsync(_stopping.Token).ConfigureAwait(false);
            if (!ports.IsEmpty)
            {
                await RefuseTakenAsync(ports).ConfigureAwait(false);
                await _networking.PublishAsync(container.Id, ports, _stopping.Token).ConfigureAwait(false);
            }

            var sandbox = await _networking.StartSandboxAsync(container, _stopping.Token).ConfigureAwait(false);
            _services.Open(container, sandbox, adopted, exitCode => _self.Tell(new CommandExited(_host, container.Id, incarnation, exitCode), ActorRefs.NoSender));
            return sandbox;
        }
    }

    private async Task RefuseTakenAsync(ImmutableArray<PublishedPort> ports)
    {
        var unusable = await _networking.UnusablePortsAsync([.. ports.Select(port => port.Host)], _stopping.Token).ConfigureAwait(false);
        if (unusable.FirstOrDefault(port => port.NoSuchAddress) is { } nowhere) throw new RefusedByHostException(new AddressNotOnHost(nowhere.Port, _host));
        if (!unusable.IsEmpty) throw new RefusedByHostException(new PortInUse([.. unusable.Select(port => port.Port)], _host));
    }

    private async Task<IAddressed> RunCommandAsync(RunCommand run)
    {
        var container = run.Container;
        var failure = await TryAsync($"run the command of {container.Name}", async () =>
        {
            var sandbox = await _networking.StartSandboxAsync(container, _stopping.Token).ConfigureAwait(false);
            var refusal = await _services.StartCommandAsync(container, sandbox, exitCode => _self.Tell(new CommandExited(_host, container.Id, run.Incarnation, exitCode), ActorRefs.NoSender), _stopping.Token).ConfigureAwait(false);
            if (refusal is not null) throw new RefusedByHostException(refusal);
        }).ConfigureAwait(false);
        return new CommandStarted(_host, container.Id, run.Incarnation, failure);
    }

    private async Task<Worked> EndCommandAsync(EndCommand end)
    {
        var failure = await TryAsync($"end the command of {end.Container.Short}", () => _services.EndCommandAsync(end.Container, end.Patience, end.Signal, _stopping.Token)).ConfigureAwait(false);
        if (failure is not null) _lines.Say(LogLevel.Warning, failure.Text, end);
        return new(end.Hurries ? null : new CommandEnded(_host, end.Container, end.Incarnation), null);
    }

    private void Stop(StopSandbox stop)
    {
        _sandboxes.Remove(stop.Container);
        _preparations.End(stop.Container);
        _exited.Remove(stop.Container);
        _names.RemoveContainer(stop.Container);
        _linked.Remove(stop.Container);
        InLane(stop.Container, async () =>
        {
            int? exitCode = null;
            var failure = await TryAsync($"stop the sandbox of {stop.Container.Short}", async () =>
            {
                exitCode = await _services.CloseAsync(stop.Container, stop.Forget, _stopping.Token).ConfigureAwait(false);
                await _networking.StopSandboxAsync(stop.Container, _stopping.Token).ConfigureAwait(false);
            }).ConfigureAwait(false);
            if (failure is not null) _lines.Say(LogLevel.Warning, failure.Text, stop);
            return new SandboxStopped(_host, stop.Container, stop.Incarnation, exitCode) { At = _time.GetUtcNow() };
        });
    }

    private async Task<Rejection?> TryAsync(string operation, Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
            return null;
        }
        catch (RefusedByHostException refused)
        {
            return refused.Reason;
        }
        catch (LinkNameTakenException taken) when (taken.Link.Netns.IsHost)
        {
            return new LinkNameTaken(taken.Link.Name, _host, (taken.Tag as LinkTag.OfNetwork)?.Network) { NetworkName = taken.Network };
        }
        catch (DataplaneException cause)
        {
            return new HostFault(_host, operation, $"{cause.Message}");
        }
        catch (Exception cause) when (cause is not OperationCanceledException)
        {
            _log.Error(cause, "could not {0}", operation);
            return new HostFault(_host, operation, cause.Message);
        }
    }

    /// <summary>Not a failure of the kernel: the host, as it is, does not allow it.</summary>
    private sealed class RefusedByHostException(Rejection reason) : Exception(reason.Text)
    {
        public Rejection Reason => reason;
    }
}
