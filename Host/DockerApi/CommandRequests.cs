using NetworkCluster.Commands;
using NetworkCluster.Containers;

namespace NetworkCluster.DockerApi;

/// <summary>As whom and where commands run, a container's own and further ones.</summary>
internal static class CommandRequests
{
    /// <summary>Commands run as the host's process does.</summary>
    /// <exception cref="DockerRefusedException">They should run as somebody else.</exception>
    public static void RefuseOtherUser(string? wanted)
    {
        if (wanted is { Length: > 0 } user and not ("root" or "0" or "0:0" or "root:root")) throw new DockerRefusedException(StatusCodes.Status501NotImplemented, $"commands run as the host's process does: user {user} is not taken here");
    }

    /// <summary>The size with which its terminal begins, as clients say it; 0 by 0 is none.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static TerminalSize? Window(IReadOnlyList<int>? size) => size switch
    {
        null or [] or [0, 0] => null,
        [>= 0 and <= ushort.MaxValue and var rows, >= 0 and <= ushort.MaxValue and var columns] => new((ushort)rows, (ushort)columns),
        _ => throw new UsageException($"ConsoleSize is a terminal's rows and columns: [{string.Join(", ", size)}] are not"),
    };

    /// <summary>Where a command begins.</summary>
    /// <exception cref="UsageException">There is no such place.</exception>
    public static string? Place(string? directory)
    {
        if (directory is not { Length: > 0 }) return null;
        if (!directory.StartsWith('/')) throw new UsageException($"the working directory '{directory}' is invalid, it needs to be an absolute path");
        return Directory.Exists(directory) ? directory : throw new UsageException($"there is no directory {directory}: a container has the host's file system");
    }
}
