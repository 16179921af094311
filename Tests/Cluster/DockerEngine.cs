using System.Diagnostics;

namespace NetworkCluster.Tests.Cluster;

/// <summary>
/// A real Docker Engine on a host of an <see cref="Underlay"/>, unmodified: in the host's network namespace, with a mount namespace of its own, in which it finds the host's plugin where it looks
/// for plugins. Its one image is <c>busybox</c>, made of the machine's own.
/// </summary>
internal sealed class DockerEngine : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly string Programs = Environment.GetEnvironmentVariable("NWC_ENGINE") ?? throw new InvalidOperationException("NWC_ENGINE says where dockerd is: ./test.sh fetches it");

    private readonly string _directory = Directory.CreateTempSubdirectory("nwc-engine-").FullName;
    private readonly int _host;
    private readonly string _more;
    private Process? _process;

    /// <param name="host">The number of its host.</param>
    /// <param name="more">Further arguments.</param>
    public DockerEngine(int host, string more = "")
    {
        (_host, _more) = (host, more);
        Directory.CreateDirectory(Path.Combine(_directory, "plugins"));
        Directory.CreateDirectory(Path.Combine(_directory, "behind"));
        Cli = new(Socket);
    }

    /// <summary>The docker command line to it.</summary>
    public DockerCommandLine Cli { get; }

    /// <summary>Where it looks for its plugin.</summary>
    public string Plugin => $"{_directory}/plugins/network-cluster.sock";

    /// <summary>Where its host serves its calls when somebody stands between the two.</summary>
    public string Behind => $"{_directory}/behind/network-cluster.sock";

    /// <summary>What its host is told of it.</summary>
    /// <param name="plugin">Where the host serves its calls; none: where it looks for them.</param>
    public string[] SettingsOf(string? plugin = null) => ["--set", $"network-cluster.engine.plugin={plugin ?? Plugin}", "--set", $"network-cluster.engine.socket={Socket}"];

    /// <summary>Where it serves its API.</summary>
    public string Socket => Path.Combine(_directory, "docker.sock");

    private string ProcessFile => Path.Combine(_directory, "docker.pid");

    private string LogFile => Path.Combine(_directory, "log");

    /// <summary>Starts it, and returns when it answers and has its image.</summary>
    public async Task StartAsync()
    {
        File.Delete(ProcessFile);
        var engine = $"dockerd --data-root {_directory}/data --exec-root {_directory}/run --pidfile {ProcessFile} -H unix://{Socket} --storage-driver vfs {_more}";
        var line = $"hostname engine{_host}; mkdir -p /run/docker; mount -t tmpfs tmpfs /run/docker; mkdir /run/docker/plugins; mount --bind {_directory}/plugins /run/docker/plugins; exec {engine} >>{LogFile} 2>&1 </dev/null";
        var start = new ProcessStartInfo("nsenter", [$"--net=/run/netns/{Underlay.NamespaceOf(_host)}", "unshare", "--mount", "--uts", "--propagation", "private", "sh", "-c", line]);
        start.Environment["PATH"] = $"{Programs}:{Environment.GetEnvironmentVariable("PATH")}";
        _process = Process.Start(start)!;
        await Eventually.IsSoAsync(StartLimit, () => _process.HasExited ? throw new InvalidOperationException($"the engine ended with {_process.ExitCode}:\n{File.ReadAllText(LogFile)}") : Task.FromResult(Cli.Run("version").Code == 0));
        if (Cli.Run("image inspect busybox").Code == 0) return;
        Kernel.Run("sh", "-c", $"mkdir -p {_directory}/image/bin {_directory}/image/tmp && cd {_directory}/image/bin && cp /bin/busybox . && for name in $(./busybox --list); do [ -e $name ] || ln -s busybox $name; done");
        Kernel.Run("sh", "-c", $"tar -C {_directory}/image -c . | docker -H unix://{Socket} import - busybox:latest");
    }

    /// <summary>kill -9 of the engine and of everything that it runs.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        Kernel.Run("sh", "-c", $"for pid in $(pgrep -f '{_directory}/run'); do [ $pid = $$ ] || kill -9 $pid 2>/dev/null; done; true");
        foreach (var pid in Inhabitants()) Kernel.Run("sh", "-c", $"kill -9 {pid} 2>/dev/null; true");
        // Where nobody reaps its process, the next engine takes that for one that is about to answer.
        File.Delete($"{_directory}/run/containerd/containerd.pid");
    }

    // Its containers: in this mount table their root is below its data.
    private IEnumerable<int> Inhabitants()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), out var pid)) continue;
            string mounts;
            try
            {
                mounts = File.ReadAllText($"{directory}/mountinfo");
            }
            catch (IOException)
            {
                continue;
            }

            if (mounts.Contains($"{_directory}/data/vfs/dir", StringComparison.Ordinal) && pid != Environment.ProcessId) yield return pid;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false }) await KillAsync();
        Kernel.Run("sh", "-c", $"umount -R {_directory}/run/netns/* {_directory}/data 2>/dev/null; rm -rf {_directory}");
    }
}
