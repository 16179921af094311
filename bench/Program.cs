using NetworkCluster.Bench;

// Everything is measured in one run, side by side, in network and mount namespaces that bench.sh makes: the absolute figures are the machine's, the ratios are ours.
if (!Environment.IsPrivilegedProcess || args is not [var program])
{
    Console.Error.WriteLine("usage: bench/bench.sh (as root); it starts this program in namespaces of its own");
    return 2;
}

Allocation.Run();
await using (var simulated = new HostUnderLoad(program, "--dataplane", "simulated")) await ManyNetworks.RunAsync(simulated);
await using var host = new HostUnderLoad(program);
await ColdStart.RunAsync(host);
var pbm = host.Client;
await Connects.RunAsync(pbm);
await Rates.RunAsync(pbm);
await DnsRate.RunAsync(pbm);
await Memory.RunAsync(host, pbm);
return 0;
