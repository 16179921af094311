using System.Collections.Immutable;

namespace NetworkCluster.Commands;

/// <summary>The body of <c>POST /commands/{palette}/{command}</c>, and the first message of the same address as a WebSocket.</summary>
/// <param name="Arguments">Values by name of argument or option; a switch that was given has the value <c>true</c>.</param>
public sealed record CommandRequest(ImmutableSortedDictionary<string, ImmutableArray<string>> Arguments);

/// <summary>The exit codes that are not a command's own.</summary>
public static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Ok = 0;
    /// <summary>Refused, or failed for one of several objects.</summary>
    public const int Refused = 1;
    /// <summary>The command line is wrong; nothing was sent to the cluster.</summary>
    public const int Usage = 2;
    /// <summary>The host does not answer.</summary>
    public const int Unreachable = 3;
    /// <summary><c>run</c> and <c>exec</c>: we failed before their command ran, as in Docker.</summary>
    public const int NotRun = 125;
    /// <summary>Interrupted by Ctrl-C.</summary>
    public const int Interrupted = 130;
    /// <summary>Nobody reads the output any more: what a shell reports of a program that SIGPIPE ended.</summary>
    public const int OutputClosed = 141;
}
