using System.Collections.Immutable;

namespace NetworkCluster.Linux;

/// <summary>A command to run in a sandbox, with the host's file system.</summary>
public sealed record ExecRequest
{
    /// <summary>The program and its arguments; at least one. A program without a slash is looked up in PATH.</summary>
    public required ImmutableArray<string> Command { get; init; }
    /// <summary>NAME=VALUE, on top of the host process's PATH, HOME and LANG; nothing else of its environment is passed on.</summary>
    public ImmutableArray<string> Environment { get; init; } = [];
    /// <summary>The host name inside; none: the host's own.</summary>
    public string? Hostname { get; init; }
    /// <summary>Where it begins; none: the root.</summary>
    public string? WorkingDirectory { get; init; }
    /// <summary>Whether <see cref="IExecStreams.Input"/> is passed on; otherwise the command's input is at its end.</summary>
    public bool Interactive { get; init; }
    /// <summary>The terminal it runs in; none: it has pipes. In a terminal both outputs are one, and without <see cref="Interactive"/> nobody types, and the input does not end.</summary>
    public CommandTerminal? Terminal { get; init; }
}

/// <summary>The other end of a command's standard streams. The two outputs may be written at the same time; a slow one slows the command down.</summary>
public interface IExecStreams
{
    /// <summary>Read until its end, then the command's input ends.</summary>
    Stream Input { get; }
    /// <summary>Takes a piece of standard output, at most 32 KiB, that may break anywhere.</summary>
    ValueTask WriteOutputAsync(ReadOnlyMemory<byte> data, CancellationToken cancel);
    /// <summary>Takes a piece of standard error, at most 32 KiB, that may break anywhere.</summary>
    ValueTask WriteErrorAsync(ReadOnlyMemory<byte> data, CancellationToken cancel);
}
