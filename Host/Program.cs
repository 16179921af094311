using System.Globalization;
using NetworkCluster.Configuration;
using NetworkCluster.Hosting;
using NetworkCluster.Operations;

// Composition only: read the settings, start the host, wait for the end. What it says about that is for the terminal it was started from.
#pragma warning disable RS0030
var ran = false;
var words = StartWords.Plain;
try
{
    if (args is ["--version"])
    {
        Console.Out.WriteLine($"Akka.NetworkCluster.Host {typeof(HostArguments).Assembly.GetName().Version?.ToString(3)}");
        return 0;
    }

    var arguments = HostArguments.Parse(args);
    if (arguments.Help)
    {
        Console.Out.WriteLine(HostArguments.Usage);
        return 0;
    }

    var config = LayeredConfig.Load(arguments.Files, Environment.GetEnvironmentVariables(), arguments.Settings);
    words = StartWords.Of(config, TimeProvider.System);
    using var told = new CancellationTokenSource();
    // From the beginning on: a host may wait long for its cluster or its journal.
    using var signals = new Signals(told);
    while (true)
    {
        try
        {
            ran = false;
            await using var host = await HostProcess.StartAsync(config, TimeProvider.System, words.Say, told.Token);
            ran = true;
            words.Welcome(host);
            // What a start has needed is not needed again, and the machine's memory is for its containers.
            IdleMemory.Trim();
            await using var idle = new IdleMemory(TimeProvider.System);
            if (await host.WaitForEndAsync())
            {
                words.Say("Told to end: the containers live on, and the next start takes them over.");
                return 0;
            }
        }
        catch (OperationCanceledException) when (told.IsCancellationRequested)
        {
            words.Say("Told to end before it was up.");
            return 0;
        }
        catch (RemovedFromClusterException)
        {
            // As below.
        }

        // Its containers live on meanwhile. What the others gave to somebody else stays theirs; the rest is adopted.
        words.Complain("This host is no longer in the cluster (the others removed it, or it could not tell whether they live): it joins again.");
    }
}
catch (ConfigurationProblemException problem)
{
    words.Complain(string.Create(CultureInfo.InvariantCulture, $"The host {(ran ? "had to end" : "was not started")}:{Environment.NewLine}{problem.Message}"));
    return 2;
}
