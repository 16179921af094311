using Akka.Configuration;
using NetworkCluster.Configuration;
using NetworkCluster.Hosting;

namespace NetworkCluster.Operations;

/// <summary>What the process says of its own start and end: to the terminal it was started from as it is, and where the log is for programs as a line of it.</summary>
internal sealed class StartWords
{
    private const string Category = "NetworkCluster.Host";

    private readonly JsonLines? _lines;

    private StartWords(JsonLines? lines) => _lines = lines;

    /// <summary>Before the settings are read.</summary>
    public static StartWords Plain { get; } = new(null);

    /// <summary>In the form that the settings ask for; they may still be found wrong.</summary>
    public static StartWords Of(Config config, TimeProvider time) =>
        string.Equals(config.GetString("network-cluster.log-format"), nameof(LogFormat.Json), StringComparison.OrdinalIgnoreCase)
            ? new(new(config.GetString("network-cluster.host-id") is { Length: > 0 } host ? host : Environment.MachineName, time))
            : Plain;

#pragma warning disable RS0030 // They are for the terminal, and come where there is no logger yet, or none any more.
    /// <summary>Says something.</summary>
    public void Say(string text) => Console.Out.WriteLine(Form(LogLevel.Information, text));

    /// <summary>Says that the host is up: with its first screen where somebody sees it, otherwise with where pbm connects.</summary>
    public void Welcome(HostProcess host) =>
        Console.Out.WriteLine(_lines?.Line(LogLevel.Information, Category, $"host {host.Id} is up", null, [new("host", host.Id), new("pbm", host.PbmAddress)]) ?? host.Welcome);

    /// <summary>Says that something is wrong.</summary>
    public void Complain(string text) => Console.Error.WriteLine(Form(LogLevel.Error, text));
#pragma warning restore RS0030

    private string Form(LogLevel level, string text) => _lines?.Line(level, Category, text.Trim()) ?? text;
}
