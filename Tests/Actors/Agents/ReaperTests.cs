using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using NetworkCluster.Agents;
using NetworkCluster.Dataplane;
using Xunit;

namespace NetworkCluster.Tests.Actors.Agents;

/// <summary>How what was taken out of service goes, and how long others are held up by it.</summary>
public sealed class ReaperTests
{
    private static readonly Naming Naming = new();

    [Fact]
    public async Task Links_go_with_one_request_and_bridges_a_few_with_each()
    {
        await using var kernel = new ToldKernel();
        var bridges = Enumerable.Range(1, 300).Select(index => new FoundLink { Index = index, Name = $"b{index}", Kind = "bridge" }).GroupBy(Naming.ReaperGroupOf).ToDictionary(group => group.Key, group => group.Count());
        Assert.All(bridges, group => Assert.InRange(group.Value, 1, 5));
        Assert.All(bridges.Keys, group => Assert.True(Naming.IsReaperGroup(group) && group != Naming.ReaperGroup));
        await using var reaper = new Reaper(kernel, TimeProvider.System, NullLogger.Instance);
        // While one is deleted the others come.
        kernel.Holds = new(TaskCreationOptions.RunContinuationsAsynchronously);
        reaper.Signal(Naming.ReaperGroup);
        Assert.Equal(Naming.ReaperGroup, await NextAsync(kernel));
        for (var link = 0; link < 50; link++) reaper.Signal(Naming.ReaperGroupOf(new FoundLink { Index = 1000 + link, Name = $"v{link}", Kind = "veth" }));
        foreach (var (group, count) in bridges)
        {
            for (var bridge = 0; bridge < count; bridge++) reaper.Signal(group);
        }

        kernel.Holds.SetResult();
        var gone = new List<int>();
        while (gone.Count < bridges.Count + 1) gone.Add(await NextAsync(kernel));
        // The largest first, each once.
        Assert.Equal(Naming.ReaperGroup, gone[0]);
        Assert.Equal(bridges.Keys.Append(Naming.ReaperGroup).Order(), gone.Order());
    }

    [Fact]
    public async Task What_could_not_be_deleted_is_tried_again_with_the_next_of_any_group()
    {
        await using var kernel = new ToldKernel { Refuses = 1 };
        await using var reaper = new Reaper(kernel, TimeProvider.System, NullLogger.Instance);
        var groups = (int[])[Naming.ReaperGroup, Naming.ReaperGroup + 7];
        reaper.Signal(groups[0]);
        Assert.Equal(groups[0], await NextAsync(kernel));
        reaper.Signal(groups[1]);
        Assert.Equal(groups, new[] { await NextAsync(kernel), await NextAsync(kernel) }.Order());
        Assert.Equal(0, kernel.Refuses);
    }

    [Fact]
    public void No_group_of_what_lives_is_one_of_those()
    {
        Assert.Throws<ArgumentException>(() => new Naming(group: 77, reaperGroup: 77));
        Assert.Throws<ArgumentException>(() => new Naming(group: 77, reaperGroup: 13));
        Assert.Throws<ArgumentException>(() => new Naming(group: 77, reaperGroup: int.MaxValue));
        Assert.Equal(78, new Naming(group: 77, reaperGroup: 78).ReaperGroup);
    }

    private static async Task<int> NextAsync(ToldKernel kernel) => Assert.IsType<DeleteGroup>(Assert.Single(await kernel.Requests.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)))).Group;

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
