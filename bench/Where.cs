using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using NetworkCluster.Commands;
using NetworkCluster.Tests.Cluster;

namespace NetworkCluster.Bench;

/// <summary>Where the time of a connect goes, on one host and on an overlay of three: what its traces say, each step's median begin and length.</summary>
internal static class Where
{
    // Until all that is called is compiled for good; a host that has done so needs no more.
    private const int Rounds = 100, WarmUp = 800, WarmAlready = 60;
    private static readonly TimeSpan SentEvery = TimeSpan.FromSeconds(1), Pause = TimeSpan.FromMilliseconds(200);

    public static async Task RunAsync(string program)
    {
        await using var collector = await TraceReceiver.StartAsync(new(IPAddress.Any, 4318));
        await using (var host = new HostUnderLoad(program))
        {
            foreach (var (name, value) in Export("127.0.0.1")) Environment.SetEnvironmentVariable(name, value);
            await host.StartAsync();
            foreach (var (name, _) in Export("")) Environment.SetEnvironmentVariable(name, null);
            await host.Client.RunAsync("network", "create", ("network", "wide"), ("subnet", "10.210.0.0/16"));
            await host.Client.RunAsync("container", "run", ("name", "box"), ("detach", "true"));
            Console.WriteLine("one host");
            await TraceAsync(host.Client.Address, collector, "connect");
            await TraceAsync(host.Client.Address, collector, "disconnect");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"one host, a network made for it each time, after {Pause.TotalMilliseconds:0} ms without anything"));
            await TraceAsync(host.Client.Address, collector, "connect", anew: true);
        }

        await using var underlay = await SeveralHosts.StartAsync("bw", [.. Export("10.99.0.254")]);
        await underlay.Hosts[0].Operator.DoneAsync("container", "run", ("name", "box"), ("detach", "true"));
        Console.WriteLine("three hosts");
        await TraceAsync(underlay.Hosts[0].Operator.Address, collector, "connect");
        await TraceAsync(underlay.Hosts[0].Operator.Address, collector, "disconnect");
    }

    // Only what says that it is to be traced is.
    private static IEnumerable<(string Name, string Value)> Export(string address) => [("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://{address}:4318"), ("OTEL_BSP_SCHEDULE_DELAY", $"{SentEvery.TotalMilliseconds}"), ("OTEL_TRACES_SAMPLER", "parentbased_always_off")];

    private static async Task TraceAsync(string address, TraceReceiver collector, string traced, bool anew = false)
    {
        using var http = new HttpClient { BaseAddress = new($"http://{address}") };
        var traces = new List<string>();
        for (var i = anew ? -WarmAlready : -WarmUp; i < Rounds; i++)
        {
            if (anew) await AskAsync("create", "new");
            if (anew) await Task.Delay(Pause);
            foreach (var command in (string[])["connect", "disconnect"])
            {
                var trace = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
                if (i >= 0 && command == traced) traces.Add(trace);
                await AskAsync(command, anew ? "new" : "wide", trace);
            }

            if (anew) await AskAsync("rm", "new");
        }

        // What is traced is sent every second, each host's for itself; the last to end is the command's own.
        var root = $"pbm network {traced}";
        while (collector.Spans.Where(span => span.Name == root).Select(span => span.Trace).Intersect(traces).Count() < traces.Count) await Task.Delay(200);
        await Task.Delay(SentEvery);
        var spans = collector.Spans.ToLookup(span => span.Trace);
        var steps = new Dictionary<string, List<(double Began, double Took)>>();
        foreach (var trace in traces)
        {
            var all = spans[trace].ToList();
            var began = (double)all.First(span => span.Name == root).Began;
            var names = all.ToDictionary(span => span.Id, span => span.Name);
            foreach (var group in all.GroupBy(span => span.Name == root ? span.Name : $"{span.Name} < {names.GetValueOrDefault(span.Parent)}"))
            {
                var span = group.MinBy(span => span.Began)!;
                if (!steps.TryGetValue(group.Key, out var list)) steps[group.Key] = list = [];
                list.Add(((span.Began - began) / 1e6, (span.Ended - (double)span.Began) / 1e6));
            }
        }

        foreach (var (name, list) in steps.OrderBy(step => Median(step.Value, one => one.Began)))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Median(list, one => one.Began),7:0.00} {Median(list, one => one.Took),7:0.00} ms {list.Count,4} {name}"));

        async Task AskAsync(string command, string network, string? trace = null)
        {
            var given = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add("network", [network]);
            if (command is "connect" or "disconnect") given = given.Add("container", ["box"]);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/commands/network/{command}", UriKind.Relative)) { Content = JsonContent.Create(new CommandRequest(given), PaletteJson.Default.CommandRequest) };
            if (trace is not null) request.Headers.Add("traceparent", $"00-{trace}-b7ad6b7169203331-01");
            using var response = await http.SendAsync(request);
            response.EnsureSuccessStatusCode();
            await response.Content.ReadAsStringAsync();
        }
    }

    private static double Median(List<(double Began, double Took)> steps, Func<(double Began, double Took), double> of) => Samples.Median([.. steps.Select(of)]);
}
