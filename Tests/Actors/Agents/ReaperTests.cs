using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using NetworkCluster.Agents;
using NetworkCluster.Dataplane;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Actors.Agents;

/// <summary>How what was taken out of service goes, and how long others are held up by it.</summary>
public sealed class ReaperTests
{
    private static readonly Naming Naming = new();

    [Fact]
    public async Task Links_go_with_one_request_and_bridges_with_one_each()
    {
        await using var kernel = new ToldKernel();
        await using var reaper = Reaper(kernel);
        // While one request is under way the others come.
        kernel.Holds = new(TaskCreationOptions.RunContinuationsAsynchronously);
        reaper.Retired();
        Assert.Equal(Links, await NextAsync(kernel));
        for (var link = 0; link < 50; link++) reaper.Retired();
        foreach (var bridge in Bridges) reaper.Retired(bridge);
        kernel.Holds.SetResult();
        Assert.Equal([Links, .. Bridges.Select(Deleted)], await NextAsync(kernel, 1 + Bridges.Length));
    }

    [Fact]
    public async Task A_bridge_that_is_taken_is_not_deleted()
    {
        await using var kernel = new ToldKernel { Holds = new(TaskCreationOptions.RunContinuationsAsynchronously) };
        await using var reaper = Reaper(kernel);
        Assert.Null(reaper.TakeBridge());
        reaper.Retired();
        Assert.Equal(Links, await NextAsync(kernel));
        foreach (var bridge in Bridges) reaper.Retired(bridge);
        Assert.Equal(Bridges[0], reaper.TakeBridge());
        kernel.Holds.SetResult();
        Assert.Equal(Bridges[1..].Select(Deleted), await NextAsync(kernel, 2));
        Assert.Null(reaper.TakeBridge());
    }

    [Fact]
    public async Task While_there_is_work_links_go_and_bridges_are_kept_and_at_the_end_nothing_is()
    {
        await using var kernel = new ToldKernel();
        var time = new StandingTime();
        var reaper = Reaper(kernel, time);
        reaper.Busy();
        foreach (var bridge in Bridges) reaper.Retired(bridge);
        for (var link = 0; link < 200; link++) reaper.Retired();
        Assert.Equal(Links, await NextAsync(kernel));
        await time.NextWaitAsync();
        Assert.False(kernel.Requests.TryRead(out _));
        Assert.Equal(Bridges[0], reaper.TakeBridge());
        await reaper.DisposeAsync();
        Assert.Equal(Bridges[1..].Select(Deleted), await NextAsync(kernel, 2));
    }

    [Fact]
    public async Task What_could_not_be_deleted_is_tried_again_with_the_next_that_comes()
    {
        await using var kernel = new ToldKernel { Refuses = 2 };
        await using var reaper = Reaper(kernel);
        reaper.Retired();
        Assert.Equal(Links, await NextAsync(kernel));
        reaper.Retired(Bridges[0]);
        Assert.Equal(Links, await NextAsync(kernel));
        reaper.Retired(Bridges[1]);
        Assert.Equal([Links, Deleted(Bridges[0]), Deleted(Bridges[1])], await NextAsync(kernel, 3));
    }

    [Fact]
    public void No_group_of_what_lives_is_one_of_those()
    {
        Assert.Throws<ArgumentException>(() => new Naming(group: 77, reaperGroup: 77));
        Assert.Throws<ArgumentException>(() => new Naming(group: 77, reaperGroup: 76));
        Assert.Throws<ArgumentException>(() => new Naming(group: 77, reaperGroup: int.MaxValue));
        Assert.Equal(78, new Naming(group: 77, reaperGroup: 78).ReaperGroup);
    }

    private static readonly Step Links = new DeleteGroup(Naming.ReaperGroup);

    private static readonly string[] Bridges = [.. Enumerable.Range(1, 3).Select(Naming.Retired)];

    private static Reaper Reaper(IDataplane kernel, TimeProvider? time = null) => new(kernel, Naming.ReaperGroup, time ?? TimeProvider.System, NullLogger.Instance);

    private static Step Deleted(string bridge) => new DeleteLink(LinkName.OnHost(bridge));

    private static async Task<Step> NextAsync(ToldKernel kernel) => Assert.Single(await kernel.Requests.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)));

    private static async Task<List<Step>> NextAsync(ToldKernel kernel, int count)
    {
        var steps = new List<Step>();
        while (steps.Count < count) steps.Add(await NextAsync(kernel));
        return steps;
    }

    /// <summary>Says what it was asked for, and does nothing.</summary>
    private sealed class ToldKernel : IDataplane
    {
        private readonly Channel<ImmutableArray<Step>> _requests = Channel.CreateUnbounded<ImmutableArray<Step>>();

        public ChannelReader<ImmutableArray<Step>> Requests => _requests.Reader;

        public int Refuses { get; set; }

        public TaskCompletionSource? Holds { get; set; }

        public ChannelReader<Loss> Losses => throw new NotSupportedException();

        public async Task ApplyAsync(ImmutableArray<Step> steps, CancellationToken cancel)
        {
            _requests.Writer.TryWrite(steps);
            if (Holds is { } held) await held.Task;
            if (Refuses == 0) return;
            Refuses--;
            throw new DataplaneException(steps[0].ToString(), "Device or resource busy");
        }

        public Task<FoundHost> ObserveAsync(CancellationToken cancel) => throw new NotSupportedException();

        public Task<FoundHost> ObserveAsync(HostPart part, CancellationToken cancel) => throw new NotSupportedException();

        public Task<ImmutableHashSet<Route>> RoutesAsync(CancellationToken cancel) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
