using System.Globalization;
using NetworkCluster.Configuration;
using NetworkCluster.Hosting;

// Composition only: read the settings, start the host, wait for the end.
try
{
    var arguments = HostArguments.Parse(args);
    if (arguments.Help)
    {
        Console.Out.WriteLine(HostArguments.Usage);
        return 0;
    }

    var config = LayeredConfig.Load(arguments.Files, Environment.GetEnvironmentVariables(), arguments.Settings);
    await using var host = await HostProcess.StartAsync(config, TimeProvider.System);
    Console.Out.WriteLine(host.Welcome);
    await host.WaitForEndAsync();
    return 0;
}
catch (ConfigurationProblemException problem)
{
    await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"The host was not started:{Environment.NewLine}{problem.Message}"));
    return 2;
}
