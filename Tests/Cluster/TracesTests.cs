using System.Diagnostics;
using System.Net;
using System.Text.Json;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>What a collector is told of one command, and what the log says of it: real hosts, the real pbm.</summary>
[Trait("Category", "Kernel")]
[Collection(nameof(Underlay))]
public sealed class TracesTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [KernelFact]
    public async Task One_command_is_one_tree_from_the_edge_to_the_kernels_of_two_hosts()
    {
        await using var collector = await TraceReceiver.StartAsync(new(IPAddress.Any, 4318));
        // Whatever is traced is sent at once, and not five seconds later.
        await using var underlay = await Underlay.StartAsync("tr", 2, environment: [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://10.99.0.254:4318"), ("OTEL_BSP_SCHEDULE_DELAY", "200")]);
        var (one, two) = (underlay.Hosts[0].Operator, underlay.Hosts[1].Operator);
        await one.DoneAsync("network", "create", ("network", "mesh"), ("driver", "overlay"));
        await one.DoneAsync("container", "run", ("name", "c1"), ("network", "mesh"), ("detach", "true"));
        await two.DoneAsync("container", "run", ("name", "c2"), ("detach", "true"));

        // The command goes to the host of its container; another host takes part in the network, and its kernel is told, too.
        Assert.Equal(0, (await PbmAsync(two.Address, Traceparent(Trace), "network", "connect", "mesh", "c2")).Code);
        var spans = await TreeAsync(collector, Trace, spans => spans.Any(span => span.Name == "agent EndpointApplied") || spans.Any(span => span.Name == "endpoint EndpointApplied"));
        var root = Assert.Single(spans, span => spans.All(other => other.Id != span.Parent));
        Assert.Equal(("pbm network connect", "b7ad6b7169203331", 0), (root.Name, root.Parent, root.Status));
        foreach (var name in (string[])["gateway ConnectContainer", "host ConnectContainer", "network AttachEndpoint", "pool AllocateAddress", "network CompleteAttach", "endpoint BindEndpoint", "agent ProgramEndpoint", "kernel netlink", "endpoint EndpointApplied", "host EndpointSettled", "journal write", "agent ViewChanged", "agent EndpointReachable"])
            Assert.True(spans.Any(span => span.Name == name), $"no {name} among:\n{Text(spans)}");
        Assert.All(spans, span => Assert.True(span.Began <= span.Ended && span.Status == 0, Text(spans)));
        // The kernel of the one that has the container, and of the one that is told where it is.
        Assert.Equal(["host-tr1", "host-tr2"], spans.Where(span => span.Name == "kernel netlink").Select(span => span.Node).Distinct().Order(StringComparer.Ordinal));
        var program = Assert.Single(spans, span => span.Name == "agent ProgramEndpoint");
        Assert.Equal("host-tr2", program.Node);
        // Usually it begins before it is told.
        var begun = spans.Where(span => span.Name is "agent PrepareEndpoint" or "agent ProgramEndpoint").Select(span => span.Id).ToList();
        Assert.Contains(spans, span => span.Name == "kernel netlink" && begun.Contains(span.Parent) && span.Tags["network_cluster.steps"].Contains("veth", StringComparison.Ordinal));
        Assert.Contains(spans, span => span.Name == "kernel nftables" || span.Name == "kernel sysctl");
        var endpoint = program.Tags["network_cluster.endpoint"];
        Assert.Equal(endpoint, Assert.Single(spans, span => span.Name == "gateway ConnectContainer").Tags["network_cluster.endpoint"]);
        Assert.All(spans.Where(span => span.Name == "journal write"), write => Assert.Contains(spans, span => span.Id == write.Parent && span.Tags.ContainsKey("network_cluster.entity")));

        // Refused: every span on the way says so, with the refusal's text.
        var refused = "1" + Trace[1..];
        var answer = await PbmAsync(two.Address, Traceparent(refused), "network", "connect", "mesh", "c2");
        Assert.Equal(1, answer.Code);
        var failed = await TreeAsync(collector, refused, spans => spans.Any(span => span.Name == "pbm network connect"));
        var edge = Assert.Single(failed, span => span.Name == "pbm network connect");
        Assert.Equal(2, edge.Status);
        Assert.Contains(edge.Message, answer.Error, StringComparison.Ordinal);
        Assert.Equal(2, Assert.Single(failed, span => span.Name == "gateway ConnectContainer").Status);

        // Docker's API, and an outcome that nobody knows: the journal goes while it is being written.
        var docker = "2" + Trace[1..];
        using var client = UnixSocketClient.To(underlay.Hosts[1].DockerSocket);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1.47/networks/mesh/disconnect") { Content = new StringContent("""{"Container":"c2"}""", System.Text.Encoding.UTF8, "application/json"), Headers = { { "traceparent", Traceparent(docker) } } };
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(request)).StatusCode);
        var left = await TreeAsync(collector, docker, spans => spans.Any(span => span.Name.StartsWith("docker ", StringComparison.Ordinal)));
        Assert.Equal("docker POST /networks/{id}/disconnect", Assert.Single(left, span => left.All(other => other.Id != span.Parent)).Name);
        Assert.Contains(left, span => span.Name == "agent WithdrawEndpoint");

        Underlay.SilenceJournal();
        var unknown = "3" + Trace[1..];
        Assert.NotEqual(0, (await PbmAsync(two.Address, Traceparent(unknown), "network", "connect", "mesh", "c2")).Code);
        Underlay.HearJournal();
        var lost = await TreeAsync(collector, unknown, spans => spans.Any(span => span.Name == "pbm network connect"));
        Assert.Equal(2, Assert.Single(lost, span => span.Name == "pbm network connect").Status);
    }

    [KernelFact]
    public async Task Every_line_of_a_log_for_programs_is_json_and_those_of_a_connect_are_found_by_its_endpoint()
    {
        await using var host = new HostUnderTest("jl1", more: ["--set", "network-cluster.log-format=json", "--set", "network-cluster.log-level=Debug"]);
        await host.StartAsync();
        await host.Operator.DoneAsync("network", "create", ("network", "app"));
        await host.Operator.DoneAsync("container", "run", ("name", "c1"), ("detach", "true"));
        await host.Operator.DoneAsync("network", "connect", ("network", "app"), ("container", "c1"));
        var inspected = (await host.Operator.InspectAsync("network", "app"))[0];
        var endpoint = inspected.GetProperty("Containers").EnumerateObject().Single().Value.GetProperty("EndpointID").GetString()!;
        await host.Operator.RefusedAsync("already exists", "network", "connect", ("network", "app"), ("container", "c1"));
        Assert.Equal(0, await host.TerminateAsync());

        var lines = host.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.All(lines, line => Assert.Equal("host-jl1", line.GetProperty("node").GetString()));
        Assert.All(lines, line => Assert.True(DateTimeOffset.TryParse(line.GetProperty("time").GetString(), System.Globalization.CultureInfo.InvariantCulture, out _)));
        var found = lines.Where(line => line.TryGetProperty("endpoint", out var id) && id.GetString() == endpoint).ToList();
        var command = Assert.Single(found, line => line.GetProperty("category").GetString() == "NetworkCluster.Commands");
        Assert.Equal(("Done", inspected.GetProperty("Id").GetString(), "host-jl1"), (command.GetProperty("outcome").GetString(), command.GetProperty("network").GetString(), command.GetProperty("host").GetString()));
        var attached = Assert.Single(found, line => line.GetProperty("message").GetString() == "c1 is in network app");
        Assert.Equal(("1", command.GetProperty("container").GetString()), (attached.GetProperty("incarnation").GetString(), attached.GetProperty("container").GetString()));
        Assert.Contains(lines, line => line.TryGetProperty("outcome", out var outcome) && outcome.GetString() == "Forbidden" || outcome.ValueKind == JsonValueKind.String && outcome.GetString() == "Conflict");

        // One that cannot be started says so in the same form.
        var (code, output) = await host.StartSecondAsync("--set", "network-cluster.dns.ttl=2h");
        Assert.Equal(2, code);
        Assert.Contains("dns.ttl: from 0s to 1h", JsonDocument.Parse(output.Trim()).RootElement.GetProperty("message").GetString()!, StringComparison.Ordinal);
    }

    private static string Traceparent(string trace) => $"00-{trace}-b7ad6b7169203331-01";

    private static string Text(IEnumerable<ReceivedSpan> spans) => string.Join('\n', spans.OrderBy(span => span.Began).Select(span => $"{span.Node} {span.Name} {span.Id} <- {span.Parent} {span.Status} {span.Message}"));

    // All spans of a trace, when what is waited for has come and nothing more does.
    private static async Task<List<ReceivedSpan>> TreeAsync(TraceReceiver collector, string trace, Func<List<ReceivedSpan>, bool> isThere)
    {
        var (seen, since) = (0, Stopwatch.GetTimestamp());
        await Eventually.IsSoAsync(Limit, () =>
        {
            var spans = collector.Spans.Where(span => span.Trace == trace).ToList();
            if (spans.Count != seen) (seen, since) = (spans.Count, Stopwatch.GetTimestamp());
            return Task.FromResult(isThere(spans) && Stopwatch.GetElapsedTime(since) > TimeSpan.FromSeconds(2));
        });
        return [.. collector.Spans.Where(span => span.Trace == trace)];
    }

    // The real one, as an operator calls it.
    private static async Task<(int Code, string Error)> PbmAsync(string host, string traceparent, params string[] words)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true, Environment = { ["TRACEPARENT"] = traceparent } };
        foreach (var word in (string[])[Path.Combine(AppContext.BaseDirectory, "pbm.dll"), host, .. words]) start.ArgumentList.Add(word);
        using var process = Process.Start(start)!;
        var said = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, (await said).Trim());
    }
}
