using NetworkCluster.Configuration;
using NetworkCluster.Linux;

namespace NetworkCluster.Hosting;

/// <summary>One process for one directory. The kernel drops the lock with the process, however it ends.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    /// <summary>That of the journal: two on one SQLite file would open each other's circuit breakers and lose both.</summary>
    /// <exception cref="ConfigurationProblemException">Another process has it, or the directory cannot be used.</exception>
    public static DirectoryLock OfData(string directory) => Take(
        directory, $"the data directory {directory}", lockFile => $"another host process uses the journal in {directory} (its lock is {lockFile}); stop it first, or give this one another network-cluster.data-directory");

    /// <summary>That of the kernel's part: two hosts with one prefix would take each other's containers for leftovers and remove them.</summary>
    /// <exception cref="ConfigurationProblemException">Another process has it, or the directory cannot be used.</exception>
    public static DirectoryLock OfState(string directory, string prefix) => Take(
        directory, $"the state directory {directory}", lockFile => $"another host process of this machine has the links and namespaces that begin with {prefix} (its lock is {lockFile}); stop it first, or give this one another network-cluster.dataplane.prefix");

    private static DirectoryLock Take(string directory, string what, Func<string, string> taken)
    {
        var path = Path.Combine(directory, "lock");
        if (File.Exists(directory)) throw new ConfigurationProblemException([$"{what} cannot be used: it is a file"]);
        try
        {
            // What it has is nobody else's: the environments of containers are in it.
            if (!OperatingSystem.IsWindows()) Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            file.SetLength(0);
            file.Write(System.Text.Encoding.UTF8.GetBytes($"{Environment.ProcessId}\n"));
            file.Flush();
            return new(file);
        }
        catch (IOException cause) when (cause.HResult == Native.Eagain)
        {
            throw new ConfigurationProblemException([taken(path)]);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationProblemException([$"{what} cannot be used: {cause.Message}"]);
        }
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose() => _file.Dispose();
}
