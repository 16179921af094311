using System.Globalization;
using NetworkCluster.Configuration;
using NetworkCluster.Hosting;

// Composition only: read the settings, start the host, wait for the end. What it says about that is for the terminal it was started from.
#pragma warning disable RS0030
try
{
    var arguments = HostArguments.Parse(args);
    if (arguments.Help)
    {
        Console.Out.WriteLine(HostArguments.Usage);
        return 0;
    }

    var config = LayeredConfig.Load(arguments.Files, Environment.GetEnvironmentVariables(), arguments.Settings);
    while (true)
    {
        try
        {
            await using var host = await HostProcess.StartAsync(config, TimeProvider.System);
            Console.Out.WriteLine(host.Welcome);
            // What a start has needed is not needed again, and the machine's memory is for its containers.
            IdleMemory.Trim();
            await using var idle = new IdleMemory(TimeProvider.System);
            if (await host.WaitForEndAsync()) return 0;
        }
        catch (RemovedFromClusterException)
        {
            // As below.
        }

        // Its containers live on meanwhile. What the others gave to somebody else stays theirs; the rest is adopted.
        await Console.Error.WriteLineAsync("The other hosts had removed this one from the cluster: it joins again.");
    }
}
catch (ConfigurationProblemException problem)
{
    await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"The host was not started:{Environment.NewLine}{problem.Message}"));
    return 2;
}
