using NetworkCluster.Commands;

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

    /// <summary>Where a command begins.</summary>
    /// <exception cref="UsageException">There is no such place.</exception>
    public static string? Place(string? directory)
    {
        if (directory is not { Length: > 0 }) return null;
        if (!directory.StartsWith('/')) throw new UsageException($"the working directory '{directory}' is invalid, it needs to be an absolute path");
        return Directory.Exists(directory) ? directory : throw new UsageException($"there is no directory {directory}: a container has the host's file system");
    }
}
