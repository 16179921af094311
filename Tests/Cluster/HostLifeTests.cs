using System.Net;
using System.Net.Sockets;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>The life of the real process: one for each journal, a clean end, and what it does with settings that make no sense.</summary>
[Trait("Category", "Kernel")]
public sealed class HostLifeTests : IAsyncLifetime
{
    private readonly HostUnderTest _host = new("lif");

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [KernelFact]
    public async Task A_second_process_on_the_same_journal_is_refused_and_the_first_goes_on()
    {
        await _host.StartAsync();
        var (code, output) = await _host.StartSecondAsync();
        Assert.Equal(2, code);
        Assert.Contains("another host process uses the journal", output, StringComparison.Ordinal);
        Assert.True((await _host.Operator.RunAsync("network", "create", ("network", "still-here"))).Done);
    }

    [KernelFact]
    public async Task Another_host_with_the_same_prefix_is_refused_while_it_runs_and_while_its_containers_live()
    {
        await _host.StartAsync();
        Assert.True((await _host.Operator.RunAsync("container", "run", ("name", "box"), ("detach", "true"))).Done);
        var elsewhere = Directory.CreateTempSubdirectory("nwc-elsewhere-").FullName;
        try
        {
            var (code, output) = await _host.StartSecondAsync("--data", elsewhere, "--set", "network-cluster.docker-api.socket=");
            Assert.Equal(2, code);
            Assert.Contains("another host process of this machine has the links and namespaces that begin with lif", output, StringComparison.Ordinal);
            await _host.KillAsync();
            (code, output) = await _host.StartSecondAsync("--data", elsewhere, "--set", "network-cluster.docker-api.socket=");
            Assert.Equal(2, code);
            Assert.Contains($"containers of host {_host.HostId} with its data in {Path.GetDirectoryName(_host.Journal)} live on this machine", output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
        }

        await _host.StartAsync();
        var sockets = await _host.Operator.RunAsync("container", "exec", ("container", "box"), ("command", "ls"), ("command", "-l"), ("command", "/proc/self/fd"));
        Assert.True(sockets.Done);
        // The host's own files are no command's.
        Assert.DoesNotContain("socket:", sockets.Out, StringComparison.Ordinal);
    }

    [KernelFact]
    public async Task What_it_keeps_is_not_everybodys_to_read_whatever_directory_it_is_given()
    {
        Kernel.Run("chmod", "755", _host.Data);
        await _host.StartAsync();
        Assert.True((await _host.Operator.RunAsync("container", "run", ("name", "box"), ("detach", "true"), ("command", "echo"), ("command", "sesame"))).Done);
        var kept = Directory.GetFiles(_host.Data, "journal.db*").Append(Path.Combine(_host.Data, "containers")).ToList();
        Assert.Equal(4, kept.Count);
        Assert.All(kept, path => Assert.EndsWith("0", Kernel.Run("stat", "-c", "%a", path).Trim(), StringComparison.Ordinal));
    }

    [KernelFact]
    public async Task A_file_that_is_no_journal_is_named_at_once()
    {
        await File.WriteAllTextAsync(_host.Journal, "what somebody else has put here");
        var (code, output) = await _host.StartSecondAsync();
        Assert.Equal(2, code);
        Assert.Contains($"{_host.Journal} is not a journal: it is no SQLite database", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [KernelFact]
    public async Task A_journal_that_is_gone_empty_or_damaged_is_named_at_once_and_no_container_is_taken_for_a_leftover()
    {
        await _host.StartAsync();
        Assert.Equal(0, await _host.TerminateAsync("HUP"));
        var early = await File.ReadAllBytesAsync(_host.Journal);
        await _host.StartAsync();
        var box = await _host.Operator.RunAsync("container", "run", ("name", "box"), ("detach", "true"));
        Assert.True(box.Done);
        Assert.Equal(0, await _host.TerminateAsync());
        var whole = await File.ReadAllBytesAsync(_host.Journal);
        var half = whole[..(whole.Length / 2)];
        var garbage = whole.ToArray();
        Array.Fill<byte>(garbage, 0xa5, garbage.Length / 4, garbage.Length / 2);
        foreach (var (content, problem) in new (byte[]?, string)[]
        {
            (null, $"{_host.Journal} is gone, and host {_host.HostId} had its networks and containers in it."), ([], $"{_host.Journal} is empty, and host {_host.HostId} had"),
            (half, $"{_host.Journal} is damaged: it has {half.Length} bytes of {whole.Length}."), (garbage, $"{_host.Journal} is damaged: "), (early, $"{_host.Journal} ends at fact "),
        })
        {
            File.Delete(_host.Journal);
            if (content is not null) await File.WriteAllBytesAsync(_host.Journal, content);
            var (code, output) = await _host.StartSecondAsync();
            Assert.Equal(2, code);
            Assert.Contains(problem, output, StringComparison.Ordinal);
            // Else the next start is refused, because its container lives.
            if (content != early) Assert.Contains($"{_host.Mark} away, and where containers of it live ", output, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        }

        await File.WriteAllBytesAsync(_host.Journal, whole);
        await _host.StartAsync();
        await _host.KillAsync();
        // In the first minutes all that is written is in the log.
        var log = await File.ReadAllBytesAsync($"{_host.Journal}-wal");
        File.Delete($"{_host.Journal}-wal");
        Assert.Contains($"{_host.Journal} ends at fact ", (await _host.StartSecondAsync()).Output, StringComparison.Ordinal);
        File.Delete(_host.Mark);
        File.Delete(_host.Journal);
        Assert.Contains("has no journal, and containers of host", (await _host.StartSecondAsync()).Output, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(_host.Journal, whole);
        await File.WriteAllBytesAsync($"{_host.Journal}-wal", log);
        await _host.StartAsync();
        Assert.Equal(box.Out[..12], (await _host.Operator.RunAsync("container", "ls")).Out);
    }

    [KernelFact]
    public async Task A_host_whose_journal_is_taken_away_ends_and_says_so()
    {
        foreach (var harm in (string[])["rm DB", "rm DB-wal", "mv DB-wal DB-old", "truncate -s 0 DB"])
        {
            await _host.StartAsync();
            Kernel.Run("sh", "-c", harm.Replace("DB", _host.Journal, StringComparison.Ordinal));
            Assert.Equal(2, await _host.ExitAsync());
            Assert.Contains($"The host had to end:\n{_host.Journal} or {_host.Journal}-wal was taken away or cut off while the host ran", _host.Output, StringComparison.Ordinal);
            foreach (var file in Directory.GetFiles(Path.GetDirectoryName(_host.Journal)!)) File.Delete(file);
        }
    }

    [KernelFact]
    public async Task Data_of_a_host_is_not_taken_for_that_of_another()
    {
        await _host.StartAsync();
        Assert.True((await _host.Operator.RunAsync("network", "create", ("network", "kept"))).Done);
        Assert.Equal(0, await _host.TerminateAsync());
        var (code, output) = await _host.StartSecondAsync("--host-id", "renamed");
        Assert.Equal(2, code);
        Assert.Contains($"is of host {_host.HostId}, not renamed: start it with --host-id {_host.HostId}", output, StringComparison.Ordinal);
        await _host.StartAsync();
        Assert.True((await _host.Operator.RunAsync("network", "inspect", ("network", "kept"))).Done);
    }

    [KernelFact]
    public async Task What_Akka_does_not_take_is_named_without_a_stack()
    {
        var (code, output) = await _host.StartSecondAsync("--set", "akka.cluster.downing-provider-class=nonsense");
        Assert.True(code == 2, output);
        Assert.Contains("the actor system cannot be started so (akka...): Could not resolve type 'nonsense'", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [KernelFact]
    public async Task A_value_that_Akka_could_not_read_is_named_before_the_actor_system_starts()
    {
        var (code, output) = await _host.StartSecondAsync("--set", "akka.remote.dot-netty.tcp.port=x");
        Assert.Equal(2, code);
        Assert.StartsWith("The host was not started:\nakka.remote.dot-netty.tcp.port: 'x' cannot be its value", output[output.IndexOf("The host was not started:", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [KernelFact]
    public async Task What_fails_while_the_actor_system_starts_is_named_after_what_Akka_logs_of_it()
    {
        // A number, but no port.
        var (code, output) = await _host.StartSecondAsync("--set", "akka.remote.dot-netty.tcp.port=70000");
        Assert.Equal(2, code);
        var said = output[output.IndexOf("The host was not started:", StringComparison.Ordinal)..];
        Assert.StartsWith("The host was not started:\nthe actor system cannot be started so (akka...): ", said, StringComparison.Ordinal);
        Assert.DoesNotContain("target of an invocation", said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
    }

    [KernelFact]
    public async Task Who_has_run_a_command_to_its_end_finds_its_address_free()
    {
        await _host.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            Assert.True((await _host.Operator.RunAsync("container", "run", ("name", $"once{i}"), ("command", "true"))).Done);
            Assert.Equal("exited", (await _host.Operator.InspectAsync("container", $"once{i}"))[0].GetProperty("State").GetProperty("Status").GetString());
            Assert.Empty((await _host.Operator.InspectAsync("network", "bridge"))[0].GetProperty("Containers").EnumerateObject());
        }
    }

    [KernelFact]
    public async Task SIGTERM_ends_a_command_under_way_and_its_caller_is_told_so()
    {
        await _host.StartAsync();
        Assert.True((await _host.Operator.RunAsync("container", "run", ("name", "box"), ("detach", "true"))).Done);
        var begun = Path.Combine(Path.GetDirectoryName(_host.Journal)!, "begun");
        var exec = _host.Operator.RunAsync("container", "exec", ("container", "box"), ("command", "sh"), ("command", "-c"), ("command", $"touch {begun}; exec sleep 600"));
        var watch = _host.Operator.RunAsync("cluster", "watch");
        await Eventually.IsSoAsync(TimeSpan.FromSeconds(20), () => Task.FromResult(File.Exists(begun)));
        Assert.Equal(0, await _host.TerminateAsync());
        Assert.Equal((3, "the host is being stopped: ask another one, or this one when it is back"), ((await watch).Code, (await watch).Error.Trim()));
        Assert.Equal((nameof(OutcomeUnknown), 3), ((await exec).Kind, (await exec).Code));
        Assert.Contains("the host is being stopped, and exec was not over in time", (await exec).Error, StringComparison.Ordinal);
    }

    [KernelFact]
    public async Task SIGTERM_ends_it_with_0_its_containers_live_on_and_the_next_start_adopts_them()
    {
        await _host.StartAsync();
        Assert.True((await _host.Operator.RunAsync("container", "run", ("name", "box"), ("detach", "true"))).Done);
        var address = await AddressAsync();
        Assert.Equal(0, await _host.TerminateAsync());
        Assert.Equal(address, Assert.Single(Kernel.Addresses(Assert.Single(Kernel.Sandboxes(_host.Prefix)))));
        await _host.StartAsync();
        Assert.Equal(address, await AddressAsync());

        async Task<string?> AddressAsync() => (await _host.Operator.InspectAsync("network", "bridge"))[0].GetProperty("Containers").EnumerateObject().Single().Value.GetProperty("IPv4Address").GetString();
    }

    [KernelFact]
    public async Task A_setting_that_does_not_exist_is_named_with_the_one_that_was_meant()
    {
        var (code, output) = await _host.StartSecondAsync("--set", "network-cluster.pbm.prot=9110");
        Assert.Equal(2, code);
        Assert.Contains("there is no setting network-cluster.pbm.prot; did you mean network-cluster.pbm.port?", output, StringComparison.Ordinal);
    }

    [KernelFact]
    public async Task A_taken_port_is_named_before_anything_is_touched()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var (code, output) = await _host.StartSecondAsync("--pbm", $"{holder.LocalEndpoint}");
        Assert.Equal(2, code);
        Assert.Contains($"cannot listen on {holder.LocalEndpoint}: Address already in use", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [KernelFact]
    public async Task A_stopped_container_whose_network_was_removed_starts_without_it_and_joins_the_next_of_that_name()
    {
        await _host.StartAsync();
        var pbm = _host.Operator;
        Assert.True((await pbm.RunAsync("network", "create", ("network", "gone"))).Done);
        Assert.True((await pbm.RunAsync("container", "create", ("name", "box"), ("network", "gone"))).Done);
        Assert.True((await pbm.RunAsync("network", "rm", ("network", "gone"))).Done);
        // What is said about a container waits for what is being done with it: nothing has to be waited for here.
        Assert.True((await pbm.RunAsync("container", "start", ("container", "box"))).Done);
        Assert.True((await pbm.RunAsync("network", "create", ("network", "gone"))).Done);
        Assert.True((await pbm.RunAsync("network", "connect", ("network", "gone"), ("container", "box"))).Done);
        Assert.Equal("gone", Assert.Single((await pbm.InspectAsync("container", "box"))[0].GetProperty("NetworkSettings").GetProperty("Networks").EnumerateObject()).Name);
    }

    [KernelFact]
    public async Task Wrong_input_is_refused_with_what_is_in_the_way_and_changes_nothing()
    {
        await _host.StartAsync();
        var pbm = _host.Operator;
        Assert.True((await pbm.RunAsync("network", "create", ("network", "base"), ("subnet", "10.77.0.0/16"))).Done);
        foreach (var name in (string[])["e1", "e2"]) Assert.True((await pbm.RunAsync("container", "run", ("name", name), ("detach", "true"))).Done);
        Assert.True((await pbm.RunAsync("network", "connect", ("network", "base"), ("container", "e1"), ("ip", "10.77.7.7"))).Done);

        await RefusedAsync("overlaps 10.77.0.0/16 of network base", "network", "create", ("network", "xx"), ("subnet", "10.77.8.0/24"));
        await RefusedAsync("invalid CIDR address: notacidr", "network", "create", ("network", "xx"), ("subnet", "notacidr"));
        await RefusedAsync("10.78.0.0/16", "network", "create", ("network", "xx"), ("subnet", "10.78.5.9/16"));
        await RefusedAsync("network with name base already exists", "network", "create", ("network", "base"));
        await RefusedAsync("network nope not found", "network", "connect", ("network", "nope"), ("container", "e1"));
        await RefusedAsync("No such container: nope", "network", "connect", ("network", "base"), ("container", "nope"));
        await RefusedAsync("endpoint with name e1 already exists in network base", "network", "connect", ("network", "base"), ("container", "e1"));
        await RefusedAsync("10.77.7.7 is held by e1", "network", "connect", ("network", "base"), ("container", "e2"), ("ip", "10.77.7.7"));
        await RefusedAsync("does not belong to any of this network's subnets", "network", "connect", ("network", "base"), ("container", "e2"), ("ip", "10.9.9.9"));
        await RefusedAsync("name \"/e1\" is already in use", "container", "run", ("name", "e1"), ("detach", "true"));
        await RefusedAsync("has active endpoints: e1", "network", "rm", ("network", "base"));
        await RefusedAsync("bridge is a pre-defined network", "network", "rm", ("network", "bridge"));

        // Nothing of all that is left: the right thing goes through right after.
        Assert.True((await pbm.RunAsync("network", "create", ("network", "xx"), ("subnet", "10.78.0.0/16"))).Done);
        Assert.True((await pbm.RunAsync("network", "connect", ("network", "base"), ("container", "e2"), ("ip", "10.77.7.8"))).Done);
        var ping = await pbm.RunAsync("container", "exec", ("container", "e2"), ("command", "ping"), ("command", "-c1"), ("command", "-W2"), ("command", "e1"));
        Assert.True(ping.Done, ping.Out);

        async Task RefusedAsync(string fact, string palette, string command, params (string, string)[] arguments)
        {
            var answer = await pbm.RunAsync(palette, command, arguments);
            Assert.True(answer.Refused, $"{command} was answered {answer.Code}: {answer.Out}{answer.Error}");
            Assert.Contains(fact, answer.Error, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', answer.Error);
        }
    }
}
