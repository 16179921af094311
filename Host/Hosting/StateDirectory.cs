using NetworkCluster.Agents;
using NetworkCluster.Configuration;
using NetworkCluster.Linux;

namespace NetworkCluster.Hosting;

/// <summary>Whose the links and namespaces of a prefix are: what is in the journal of one host is a leftover to every other, which would remove it.</summary>
internal static class StateDirectory
{
    /// <summary>The file that says whose they are.</summary>
    public static string OwnerFile(HostNetworkingOptions networking) => Path.Combine(networking.StateDirectoryOrDefault, "owner");

    /// <summary>Takes the prefix for this host and its data.</summary>
    /// <param name="settings">The host's.</param>
    /// <param name="isNew">Whether it has no journal yet, and so knows of no container.</param>
    /// <exception cref="ConfigurationProblemException">Another host of this machine runs with it, or has left containers that live; or this one has, and its journal is gone.</exception>
    public static DirectoryLock Take(HostSettings settings, bool isNew)
    {
        var networking = settings.Networking;
        var directory = networking.StateDirectoryOrDefault;
        var held = DirectoryLock.OfState(directory, networking.Prefix);
        var (path, owner) = (OwnerFile(networking), $"host {settings.Host} with its data in {Path.GetFullPath(settings.DataDirectory)}");
        var other = File.Exists(path) ? File.ReadAllText(path).Trim() : null;
        if (Problem() is { } problem)
        {
            held.Dispose();
            throw new ConfigurationProblemException([problem]);
        }

        try
        {
            if (other != owner) File.WriteAllText(path, $"{owner}\n");
            return held;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            held.Dispose();
            throw new ConfigurationProblemException([$"the state directory {directory} cannot be written: {cause.Message}"]);
        }

        string? Problem()
        {
            if (other is null || (other == owner && !isNew) || !SandboxDirectory.AnyLives(networking)) return null;
            return other == owner
                ? $"{settings.DataDirectory} has no journal, and containers of {owner} live on this machine: it would remove them. Put the journal back from a backup; if they are to be removed, delete {path}"
                : $"containers of {other} live on this machine, in namespaces that begin with {networking.Prefix}: this one would remove them. Start that host, or give this one another network-cluster.dataplane.prefix; if they are to be removed, delete {path}";
        }
    }
}
