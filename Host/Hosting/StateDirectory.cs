using NetworkCluster.Configuration;
using NetworkCluster.Linux;

namespace NetworkCluster.Hosting;

/// <summary>Whose the links and namespaces of a prefix are: what is in the journal of one host is a leftover to every other, which would remove it.</summary>
internal static class StateDirectory
{
    /// <summary>Takes the prefix for this host and its data.</summary>
    /// <exception cref="ConfigurationProblemException">Another host of this machine runs with it, or has left containers that live.</exception>
    public static DirectoryLock Take(HostSettings settings)
    {
        var networking = settings.Networking;
        var directory = networking.StateDirectoryOrDefault;
        var held = DirectoryLock.OfState(directory, networking.Prefix);
        var (path, owner) = (Path.Combine(directory, "owner"), $"host {settings.Host} with its data in {Path.GetFullPath(settings.DataDirectory)}");
        var other = File.Exists(path) ? File.ReadAllText(path).Trim() : owner;
        if (other != owner && SandboxDirectory.AnyLives(networking))
        {
            held.Dispose();
            throw new ConfigurationProblemException([$"containers of {other} live on this machine, in namespaces that begin with {networking.Prefix}: this one would remove them. Start that host, or give this one another network-cluster.dataplane.prefix; if they are to be removed, delete {path}"]);
        }

        File.WriteAllText(path, $"{owner}\n");
        return held;
    }
}
