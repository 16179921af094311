using System.Diagnostics;

namespace NetworkCluster.Tests.Cluster;

/// <summary>A PostgreSQL of a test's own, as Debian packages it, in the tests' namespace: made, started and thrown away by the unprivileged user of the package.</summary>
internal sealed class PrivatePostgres : IAsyncDisposable
{
    private static readonly string Programs = Directory.Exists("/usr/lib/postgresql")
        ? Path.Combine(Directory.EnumerateDirectories("/usr/lib/postgresql").MaxBy(version => int.Parse(Path.GetFileName(version), System.Globalization.CultureInfo.InvariantCulture))!, "bin")
        : throw new InvalidOperationException("PostgreSQL is not installed: ./test.sh installs it");

    private readonly string _directory = Directory.CreateTempSubdirectory("nwc-pg-").FullName;
    private readonly int _port;
    private bool _runs;

    private PrivatePostgres(int port) => _port = port;

    /// <summary>Starts one that listens on every address of the tests' namespace, on a disk of its own, so that it can be filled.</summary>
    public static async Task<PrivatePostgres> StartAsync(int port)
    {
        var postgres = new PrivatePostgres(port);
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=1g", "tmpfs", postgres._directory);
        await RunAsync("chown", "postgres", postgres._directory);
        await AsOwnerAsync("initdb", "-D", postgres.Data, "-A", "trust", "--no-sync", "-E", "UTF8");
        await File.AppendAllTextAsync(Path.Combine(postgres.Data, "pg_hba.conf"), "host all all 0.0.0.0/0 trust\n");
        await postgres.BeginAsync();
        return postgres;
    }

    /// <summary>How hosts connect to it at one of the namespace's addresses.</summary>
    public string ConnectionString(string address) => $"Host={address};Port={_port};Database=postgres;Username=postgres;Maximum Pool Size=20";

    /// <summary>The process whose children serve.</summary>
    public int ProcessId => int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Starts it, again after <see cref="StopAsync"/>.</summary>
    public async Task BeginAsync()
    {
        await AsOwnerAsync("pg_ctl", "-D", Data, "-w", "-l", Path.Combine(_directory, "log"), "-o", $"-p {_port} -c listen_addresses=* -c unix_socket_directories={_directory} -c fsync=off -c max_connections=400 -c max_wal_size=128MB", "start");
        _runs = true;
    }

    /// <summary>Ends it as a crash would.</summary>
    public async Task StopAsync()
    {
        _runs = false;
        await AsOwnerAsync("pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop");
    }

    /// <summary>SIGSTOP to all of its processes, and SIGCONT: it is there and says nothing.</summary>
    public Task FreezeAsync(bool frozen) => RunAsync("sh", "-c", $"read -r server <'{Data}/postmaster.pid'; kill -{(frozen ? "STOP" : "CONT")} $server $(pgrep -P $server)");

    /// <summary>Leaves no byte on its disk.</summary>
    public Task FillDiskAsync() => RunAsync("sh", "-c", $"dd if=/dev/zero of='{Filler}' bs=64k; true");

    /// <summary>Takes that away again, and starts it if that was too much for it.</summary>
    public async Task FreeDiskAsync()
    {
        File.Delete(Filler);
        try
        {
            await AsOwnerAsync("pg_ctl", "-D", Data, "status");
        }
        catch (InvalidOperationException)
        {
            await BeginAsync();
        }
    }

    /// <summary>Writes all of it into a file that the package's user can make.</summary>
    public Task DumpAsync(string file) => AsOwnerAsync("pg_dump", "-h", _directory, "-p", $"{_port}", "-Fc", "-f", file, "postgres");

    /// <summary>Puts that back over what is there; nobody else may be connected.</summary>
    public Task RestoreAsync(string file) => AsOwnerAsync("pg_restore", "-h", _directory, "-p", $"{_port}", "--clean", "--if-exists", "--exit-on-error", "--single-transaction", "-d", "postgres", file);

    public async ValueTask DisposeAsync()
    {
        if (_runs) await StopAsync();
        // Lazily: a server process that is just ending may still be in it.
        await RunAsync("umount", "-l", _directory);
        Directory.Delete(_directory);
    }

    private string Filler => Path.Combine(_directory, "filler");

    private string Data => Path.Combine(_directory, "data");

    private static Task AsOwnerAsync(string program, params string[] words) => RunAsync("runuser", ["-u", "postgres", "--", Path.Combine(Programs, program), .. words]);

    private static async Task RunAsync(string program, params string[] words)
    {
        // Not its output: the server keeps it open for as long as it lives.
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null", program, .. words]) { WorkingDirectory = "/" })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', words)} ended with {process.ExitCode}");
    }
}
