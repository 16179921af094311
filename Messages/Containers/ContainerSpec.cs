using System.Collections.Immutable;

namespace NetworkCluster.Containers;

/// <summary>What a container is: a named sandbox on one host in which one command may run with the host's file system.</summary>
public sealed record ContainerSpec
{
    /// <summary>The id, chosen by the sender.</summary>
    public required ContainerId Id { get; init; }
    /// <summary>The name: unique on its host; <c>[a-zA-Z0-9][a-zA-Z0-9_.-]+</c>, at most 63 characters so that DNS can carry it.</summary>
    public required string Name { get; init; }
    /// <summary>The host name inside; none: the first 12 digits of the id.</summary>
    public string? Hostname { get; init; }
    /// <summary>The command with its arguments; empty: nothing runs, the sandbox stays.</summary>
    public ImmutableArray<string> Command { get; init; } = [];
    /// <summary>Whether the command has a terminal of its own: then its output comes as it shows it. None: no.</summary>
    public bool? Tty { get; init; }
    /// <summary>The size with which that terminal begins. None: it has none until somebody says one, which programs take for 80 by 24.</summary>
    public TerminalSize? TerminalSize { get; init; }
    /// <summary>Whether the command's input stays open, for whoever attaches. None: it is at its end.</summary>
    public bool? OpenStdin { get; init; }
    /// <summary>Whether an open input ends with the first who attaches; that of a terminal never does. None: no.</summary>
    public bool? StdinOnce { get; init; }
    /// <summary>Whether it is removed when it has stopped. None: no.</summary>
    public bool? AutoRemove { get; init; }
    /// <summary>The signal by which its command is asked to end, as signal(7) numbers them. None: TERM.</summary>
    public int? StopSignal { get; init; }
    /// <summary>For how many seconds its command may go on after that; see <see cref="StopContainer.Patience"/>.</summary>
    public int? StopTimeout { get; init; }
    /// <summary>What the client called its image. Nothing comes of it but this name.</summary>
    public string? Image { get; init; }
    /// <summary>Environment of the command, NAME=VALUE.</summary>
    public ImmutableArray<string> Environment { get; init; } = [];
    /// <summary>Where the command begins, an absolute path; none: the root.</summary>
    public string? WorkingDirectory { get; init; }
    /// <summary>The user's labels.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
    /// <summary>What is to be reached from outside its networks; none: nothing.</summary>
    public ContainerPorts? Ports { get; init; }
    /// <summary>What it resolves besides the names of its networks; none: what its host does.</summary>
    public ContainerResolver? Resolver { get; init; }
    /// <summary>How the sandbox is made.</summary>
    public SandboxMode Mode { get; init; } = SandboxMode.Own;
    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset Created { get; init; }
}

/// <summary>How many characters a terminal shows.</summary>
public readonly record struct TerminalSize(ushort Rows, ushort Columns);

/// <summary>How a container's sandbox is made.</summary>
public enum SandboxMode
{
    /// <summary>A network namespace of its own.</summary>
    Own,
    /// <summary>The host's namespace (network <c>host</c>).</summary>
    Host,
    /// <summary>A namespace of its own with nothing but loopback (network <c>none</c>).</summary>
    None,

    /// <summary>A sandbox of a Docker Engine on the host: a network gives it one end of a pair of links, and everything inside is the engine's.</summary>
    Engine,
}
