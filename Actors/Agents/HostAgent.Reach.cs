using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosting;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;

namespace NetworkCluster.Agents;

// How this host comes to reach the endpoints of others, and says so.
internal sealed partial class HostAgent
{
    private readonly Lanes<NetworkId> _networkLanes = new();

    /// <summary>This host reaches what a network had at a revision; those who wait to hear of new ones are told.</summary>
    private sealed record Reached(NetworkId Network, long Revision, ImmutableArray<(EndpointId Endpoint, HostId Host)> New, Exception? Fault)
    {
        public Activity? Span { get; init; }
    }

    private sealed record NotReached(EndpointId Endpoint);

    // A network that is gone has no view.
    private const int MostQuestions = 5;

    private sealed record ViewTick(NetworkId Network, int Asked);

    // Until it comes: see what is done with a snapshot.
    private void AskForView(NetworkId network) => AskForView(new ViewTick(network, 0));

    private void AskForView(ViewTick tick)
    {
        _router.Send(new RequestView(tick.Network, _host), Self);
        if (tick.Asked < MostQuestions) Timers.StartSingleTimer(tick.Network, tick with { Asked = tick.Asked + 1 }, AsksAgain);
    }

    private void Reach(ViewChanged change, ViewNews news)
    {
        if (change.Spec.Scope == NetworkScope.Local || news is ViewNews.Old or ViewNews.Missed) return;
        var come = change.Attached is { } attached && attached.Spec.Host != _host ? attached : null;
        Reach(change.Spec, news, change.Revision, come is null ? [] : [(come.Id, come.Spec.Host)], () => news == ViewNews.Forgotten
            ? _networking.SetRemotesAsync(change.Spec, [], _stopping.Token)
            : _networking.ChangeRemotesAsync(change.Spec, come, change.Detached, _stopping.Token));
    }

    private void Reach(NetworkView view, ViewNews news, ICollection<EndpointId>? known)
    {
        if (view.Spec.Scope == NetworkScope.Local || news == ViewNews.Old) return;
        ImmutableArray<AttachedEndpoint> others = news == ViewNews.Forgotten ? [] : [.. view.Endpoints.Where(endpoint => endpoint.Spec.Host != _host)];
        // Whoever came before this host took part has been answered long ago.
        ImmutableArray<(EndpointId, HostId)> come = known is null ? [] : [.. others.Where(other => !known.Contains(other.Id)).Select(other => (other.Id, other.Spec.Host))];
        Reach(view.Spec, news, view.Revision, come, () => _networking.SetRemotesAsync(view.Spec, others, _stopping.Token));
    }

    private void Reach(NetworkSpec network, ViewNews news, long revision, ImmutableArray<(EndpointId, HostId)> come, Func<Task> work)
    {
        var (self, span) = (Self, TakeSpan());
        _networkLanes.Run(network.Id, async () =>
        {
            Exception? fault = null;
            try
            {
                await _networksThere.Task.WaitAsync(_stopping.Token).ConfigureAwait(false);
                await work().ConfigureAwait(false);
            }
            catch (Exception cause) when (cause is DataplaneException or OperationCanceledException)
            {
                fault = cause;
            }

            self.Tell(new Reached(network.Id, news == ViewNews.Forgotten ? -1 : revision, fault is null ? come : [], fault) { Span = span }, ActorRefs.NoSender);
        });
    }

    private void Reach(Reached reached)
    {
        _networkLanes.Finished(reached.Network);
        NodeTraces.GoOn(reached.Span);
        // The next reconciliation tries again; who waits here is not held up by it.
        if (reached.Fault is { } fault and not OperationCanceledException)
        {
            reached.Span.Fail("Fault", fault.Message);
            _lines.Say(LogLevel.Error, $"network {reached.Network.Short}: what other hosts have in it cannot be reached: {fault.Message}", null, (MessageSubject.Network, reached.Network));
        }

        foreach (var (endpoint, host) in reached.New) _router.Send(new EndpointReachable(endpoint, host, _host) { Revision = reached.Revision }, ActorRefs.NoSender);
        Answer(_arrivals.Reaches(reached.Network, reached.Revision));
        NodeTraces.End(reached.Span);
    }
}
