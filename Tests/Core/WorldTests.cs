using NetworkCluster.Tests.Support.Simulation;
using Xunit;

namespace NetworkCluster.Tests.Core;

/// <summary>
/// The laws of the whole protocol, on hundreds of histories, or as many times more as NWC_WORLDS says (those begin at a million). A broken law names its seed; run that one
/// alone to see its history.
/// </summary>
public sealed class WorldTests
{
    private static readonly int Times = int.Parse(Environment.GetEnvironmentVariable("NWC_WORLDS") ?? "0", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public void Without_faults_every_command_is_answered_and_every_law_holds_at_rest() => Live(0, 250, Faults.None);

    [Fact]
    public void A_kernel_that_refuses_leaves_nothing_behind() => Live(1000, 150, new() { Kernel = 0.1 });

    [Fact]
    public void Entities_that_lose_their_memory_or_their_journal_lose_nothing_that_was_acknowledged() =>
        Live(2000, 250, new() { Kernel = 0.03, EntityDies = 0.01, JournalFails = 0.01 });

    [Fact]
    public void A_process_killed_at_any_moment_leaves_nothing_stale() =>
        Live(3000, 250, new() { Kernel = 0.03, EntityDies = 0.003, JournalFails = 0.003, ProcessDies = 0.006, MachineDies = 0.3 });

    [Fact]
    public void Answers_that_come_too_late_bring_nothing_back() => Live(4000, 200, new() { Slow = 0.02 });

    [Fact]
    public void A_command_that_is_said_again_is_done_once() => Live(7000, 300, new() { AskedAgain = 0.5 });

    [Fact]
    public void What_is_said_again_changes_nothing_where_memories_and_processes_are_lost() =>
        Live(8000, 300, new() { AskedAgain = 0.4, Kernel = 0.03, EntityDies = 0.005, JournalFails = 0.005, ProcessDies = 0.003, MachineDies = 0.3, Slow = 0.005 });

    [Fact]
    public void Reservations_are_kept_and_given_back_whoever_loses_its_memory_or_its_journal() =>
        Live(5000, 250, new() { Kernel = 0.03, EntityDies = 0.01, JournalFails = 0.01 }, further: true);

    [Fact]
    public void A_network_is_what_it_was_or_what_it_was_to_be_whenever_its_process_is_killed() =>
        Live(6000, 250, new() { Kernel = 0.03, EntityDies = 0.003, JournalFails = 0.003, ProcessDies = 0.006, MachineDies = 0.3 }, further: true);

    private static void Live(int firstSeed, int seeds, Faults faults, bool further = false)
    {
        foreach (var seed in Enumerable.Range(firstSeed, seeds).Concat(Enumerable.Range(1_000_000 + firstSeed * 1000, seeds * Times)))
        {
            var (world, broken) = Live(seed, faults, further);
            Assert.True(broken.Count == 0, $"seed {seed}:\n{string.Join('\n', broken)}\n\n{string.Join('\n', world.Log.TakeLast(400))}");
        }
    }

    private static (World World, List<string> Broken) Live(int seed, Faults faults, bool further)
    {
        var world = new World(seed, faults);
        var @operator = new Operator(world, further);
        for (var typed = 0; typed < 60;)
        {
            if (world.Waiting == 0 || world.Random.Next(8) == 0)
            {
                @operator.TypeSomething();
                typed++;
            }

            world.Step();
        }

        world.Drain();
        @operator.AskAgain();
        world.Drain();
        // Where nothing is lost there is nothing to be put right.
        if (faults with { AskedAgain = 0 } == Faults.None)
        {
            var silent = @operator.Outstanding.Values.Select(command => $"never answered: {command}");
            if ((List<string>)[.. silent, .. Laws.Broken(world, @operator)] is { Count: > 0 } broken) return (world, broken);
        }

        // Whatever was lost on the way: the next start puts it right.
        world.Faults = Faults.None;
        world.KillProcess(machineToo: false);
        world.Drain();
        world.WakePools();
        world.Drain();
        return (world, Laws.Broken(world, @operator));
    }
}
