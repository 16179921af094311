using Microsoft.Extensions.Logging.Abstractions;
using NetworkCluster.Configuration;
using NetworkCluster.Gateway;
using NetworkCluster.Hosting;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Host.Hosting;

public sealed class PredefinedTests
{
    [Fact]
    public async Task A_journal_that_is_away_is_waited_for_and_the_same_networks_are_asked_for()
    {
        var gateway = new Answers(new Rejected(new JournalUnavailable(DateTimeOffset.UnixEpoch, "gone")), new Rejected(new JournalUnavailable(DateTimeOffset.UnixEpoch, "gone")), new Rejected(new OutcomeUnknown("slow")));
        await Predefined.EnsureAsync(gateway, new Hurried(), NullLogger.Instance, CancellationToken.None);
        Assert.Equal(["bridge", "bridge", "bridge", "bridge", "host", "none"], gateway.Asked.Select(request => request.Name));
        Assert.Equal(3, gateway.Asked.Select(request => request.Id).Distinct().Count());
    }

    [Fact]
    public async Task What_stays_refused_ends_the_start_and_is_told()
    {
        var gateway = new Answers(new Rejected(new InvalidRequest(["not so"])));
        var problem = await Assert.ThrowsAsync<ConfigurationProblemException>(() => Predefined.EnsureAsync(gateway, new Hurried(), NullLogger.Instance, CancellationToken.None));
        Assert.Contains("the predefined network bridge could not be made: ", problem.Message, StringComparison.Ordinal);
    }

    private sealed class Answers(params IReply[] first) : IClusterGateway
    {
        private readonly Queue<IReply> _first = new(first);

        public List<NetworkRequest> Asked { get; } = [];

        public HostId Host => Some.Host;

        public Task<IReply> CreateNetworkAsync(NetworkRequest request, CancellationToken cancel = default)
        {
            Asked.Add(request);
            return Task.FromResult(_first.TryDequeue(out var reply) ? reply : new NetworkSummary(Some.Network(1, ["10.0.0.0/16"])));
        }

        public Task<(CreateNetwork? Command, Rejection? Refusal)> ComposeAsync(NetworkRequest request, CancellationToken cancel = default) => throw new InvalidOperationException();

        public Task<IReply> SendAsync(IAddressed message, CancellationToken cancel = default) => throw new InvalidOperationException();

        public Task<IReply> ResolveNetworkAsync(string nameOrId, CancellationToken cancel = default) => throw new InvalidOperationException();

        public Task<IReply> ResolveContainerAsync(string nameOrId, CancellationToken cancel = default) => throw new InvalidOperationException();

        public Task<IReply> UpdateNetworkAsync(UpdateNetwork update, CancellationToken cancel = default) => throw new InvalidOperationException();
    }

    // Whoever waits by it waits for nothing.
    private sealed class Hurried : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
