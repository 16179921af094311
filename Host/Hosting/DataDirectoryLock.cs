using NetworkCluster.Configuration;

namespace NetworkCluster.Hosting;

/// <summary>One process for one data directory: two journals on one SQLite file would open each other's circuit breakers and lose both. The kernel drops the lock with the process, however it ends.</summary>
internal sealed class DataDirectoryLock : IDisposable
{
    private readonly FileStream _file;

    private DataDirectoryLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="ConfigurationProblemException">Another process has it, or the directory cannot be used.</exception>
    public static DataDirectoryLock Take(string directory)
    {
        var path = Path.Combine(directory, "lock");
        try
        {
            Directory.CreateDirectory(directory);
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            file.SetLength(0);
            file.Write(System.Text.Encoding.UTF8.GetBytes($"{Environment.ProcessId}\n"));
            file.Flush();
            return new(file);
        }
        catch (IOException cause) when (File.Exists(path) && cause is not (DirectoryNotFoundException or PathTooLongException))
        {
            throw new ConfigurationProblemException([$"another host process uses the journal in {directory} (its lock is {path}); stop it first, or give this one another network-cluster.data-directory"]);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationProblemException([$"the data directory {directory} cannot be used: {cause.Message}"]);
        }
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose() => _file.Dispose();
}
