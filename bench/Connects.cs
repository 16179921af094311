namespace NetworkCluster.Bench;

/// <summary>Connect a running container and create a network, beside their raw parts and beside forked tools, interleaved so that all see the same machine.</summary>
internal static class Connects
{
    private const int Rounds = 200;
    private const int WarmUp = 100;

    // What a connect journals before its answer: the host's wish, the pool's address, the network's place, and the endpoint's binding. That the kernel has it is journaled after it.
    private const int FactsPerConnect = 4;
    private const int FactsPerCreate = 3;

    public static async Task RunAsync(PbmClient pbm)
    {
        await using var kernel = await RawKernel.StartAsync();
        using var journal = new RawJournal();
        var (connect, disconnect, create, remove) = (new Samples(), new Samples(), new Samples(), new Samples());
        var (netlink, facts, bridge, createFacts, forks, bridgeForks) = (new Samples(), new Samples(), new Samples(), new Samples(), new Samples(), new Samples());
        await pbm.RunAsync("network", "create", ("network", "bench"), ("subnet", "10.200.0.0/16"));
        await pbm.RunAsync("container", "run", ("name", "bench-box"), ("detach", "true"));
        for (var i = -WarmUp; i < Rounds; i++)
        {
            var (c, d, n, r) = i < 0 ? (new(), new(), new(), new()) : (connect, disconnect, create, remove);
            await c.MeasureAsync(() => pbm.RunAsync("network", "connect", ("network", "bench"), ("container", "bench-box")));
            await (i < 0 ? new() : netlink).MeasureAsync(kernel.AttachAsync);
            await (i < 0 ? new() : facts).MeasureAsync(() => journal.WriteAsync(FactsPerConnect));
            if (i >= 0 && i % 10 == 0) await forks.MeasureAsync(Forks.ConnectAsync);
            await d.MeasureAsync(() => pbm.RunAsync("network", "disconnect", ("network", "bench"), ("container", "bench-box")));
            await n.MeasureAsync(() => pbm.RunAsync("network", "create", ("network", "bench-net")));
            await (i < 0 ? new() : bridge).MeasureAsync(kernel.CreateAsync);
            await (i < 0 ? new() : createFacts).MeasureAsync(() => journal.WriteAsync(FactsPerCreate));
            if (i >= 0 && i % 10 == 0) await bridgeForks.MeasureAsync(Forks.CreateAsync);
            await r.MeasureAsync(() => pbm.RunAsync("network", "rm", ("network", "bench-net")));
            await kernel.UndoAsync();
        }

        var (connectParts, createParts) = (netlink.P50 + facts.P50, bridge.P50 + createFacts.P50);
        Samples.Print("connect a running container, through pbm's port", connect, connectParts);
        Samples.Print("  raw: netlink set-up of the endpoint", netlink);
        Samples.Print($"  raw: {FactsPerConnect} facts, a commit each, in SQLite (WAL, FULL)", facts);
        Samples.Print("  the same by forked ip", forks, connectParts);
        Samples.Print("disconnect", disconnect);
        Samples.Print("create a network (free default subnet)", create, createParts);
        Samples.Print("  raw: netlink and nftables of the bridge", bridge);
        Samples.Print($"  raw: {FactsPerCreate} facts", createFacts);
        Samples.Print("  the same by forked ip and nft", bridgeForks, createParts);
        Samples.Print("rm a network", remove);
        Console.WriteLine("(x: times the sum of the raw parts of the same run)");
    }
}
