using NetworkCluster.Bench;

// Everything is measured in one run, side by side, in network and mount namespaces that bench.sh makes: the absolute figures are the machine's, the ratios are ours.
string[] parts = ["allocation", "recovery", "networks", "docker", "hosts", "endpoints", "killed", "growing", "where", "engine", "start", "connects", "rates", "dns", "memory"];
if (!Environment.IsPrivilegedProcess || args is not [var program, .. var chosen] || chosen.Except(parts).Any())
{
    Console.Error.WriteLine($"usage: bench/bench.sh [PART...] (as root); it starts this program in namespaces of its own. Parts: {string.Join(", ", parts)}; all of them where none is named");
    return 2;
}

// For those whose hosts are several, as the tests start them.
Environment.SetEnvironmentVariable("NWC_HOST", $"{program}.dll");
if (Has("allocation")) Allocation.Run();
if (Has("recovery")) await Recovery.RunAsync();
if (Has("networks"))
{
    await using var many = new HostUnderLoad(program);
    await ManyNetworks.RunAsync(many);
}

if (Has("docker")) await BesideDocker.RunAsync(program);
if (Has("hosts")) await SeveralHosts.RunAsync();
if (Has("where")) await Where.RunAsync(program);
if (Has("endpoints")) await ManyHosts.EndpointsAsync();
if (Has("killed")) await ManyHosts.KilledAsync();
if (Has("growing")) await ManyHosts.GrowingAsync();
if (Has("engine")) await EngineRuns.RunAsync();
if (!parts[10..].Any(Has)) return 0;
await using var host = new HostUnderLoad(program);
if (Has("start")) await ColdStart.RunAsync(host);
else await host.StartAsync();
if (Has("connects")) await Connects.RunAsync(host.Client);
if (Has("rates")) await Rates.RunAsync(host.Client);
if (Has("dns")) await DnsRate.RunAsync(host.Client);
if (Has("memory")) await Memory.RunAsync(host, host.Client);
return 0;

bool Has(string part) => chosen.Length == 0 || chosen.Contains(part);
