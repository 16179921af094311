using System.Diagnostics;
using System.Text.Json;

namespace NetworkCluster.Tests.Cluster;

/// <summary>A real host process on a data directory of its own, in the private namespaces that the tests run in.</summary>
internal sealed class HostUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    // test.sh names the published one, which starts in half the time.
    private static readonly string Program = System.Environment.GetEnvironmentVariable("NWC_HOST") ?? Path.Combine(AppContext.BaseDirectory, "Akka.NetworkCluster.Host.dll");

    // What test.sh has processes run with that live for seconds; elsewhere they run as they would anywhere.
    private static readonly Dictionary<string, string> ShortLived = (System.Environment.GetEnvironmentVariable("NWC_HOST_ENVIRONMENT") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split('=')).ToDictionary(word => word[0], word => word[1]);

    private readonly string _data = Directory.CreateTempSubdirectory("nwc-test-").FullName;
    private readonly string _prefix;
    private readonly string? _netns;
    private readonly string _pbm;
    private readonly string[] _more;
    private readonly List<(long At, string Line)> _output = [];
    private long _startedAt;
    private Process? _process;

    /// <summary>What is in the process's environment besides what is in ours.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <param name="prefix">Three characters that no other test uses. Subnets too are its own: hosts without a namespace have one routing table.</param>
    /// <param name="netns">The named namespace that the host lives in; none: the tests' own.</param>
    /// <param name="pbm">Where it listens.</param>
    /// <param name="more">Further arguments.</param>
    public HostUnderTest(string prefix, string? netns = null, string pbm = "127.0.0.1:0", params string[] more) => (_prefix, _netns, _pbm, _more) = (prefix, netns, pbm, more);

    public string HostId => $"host-{_prefix}";

    public string Prefix => _prefix;

    /// <summary>Its data directory.</summary>
    public string Data => _data;

    /// <summary>Words that its command line stands behind.</summary>
    public string[] Before { get; init; } = [];

    public string DockerSocket => Path.Combine(_data, "docker.sock");

    public string Journal => Path.Combine(_data, "journal.db");

    public string Mark => Path.Combine(_data, "host");

    public Operator Operator { get; private set; } = null!;

    public int ProcessId => _process!.Id;

    /// <summary>The network namespaces that the process's threads are in: one, unless a thread was lost in a sandbox.</summary>
    public IReadOnlySet<string?> ThreadNamespaces => Directory.EnumerateDirectories($"/proc/{_process!.Id}/task").Select(NamespaceOf).Where(netns => netns is not null).ToHashSet();

    private static string? NamespaceOf(string thread)
    {
        try
        {
            return new FileInfo($"{thread}/ns/net").LinkTarget;
        }
        catch (IOException)
        {
            return null; // it ended meanwhile
        }
    }

    /// <summary>What the process has written.</summary>
    public string Output
    {
        get
        {
            lock (_output) return string.Join('\n', _output.Select(said => said.Line));
        }
    }

    /// <summary>What it has written since it was started last, and when.</summary>
    public IReadOnlyList<(TimeSpan After, string Line)> Said
    {
        get
        {
            lock (_output) return [.. _output.Where(said => said.At >= _startedAt).Select(said => (Stopwatch.GetElapsedTime(_startedAt, said.At), said.Line))];
        }
    }

    /// <summary>Starts the process and returns when it says that it is up; a second one on the same data while the first lives fails.</summary>
    public async Task StartAsync()
    {
        var up = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _startedAt = Stopwatch.GetTimestamp();
        var process = Start(line =>
        {
            lock (_output) _output.Add((Stopwatch.GetTimestamp(), line));
            // The first command of the first screen has the address in it.
            if (line.Contains(" network create ", StringComparison.Ordinal)) up.TrySetResult(line.Trim().Split(' ')[1]);
            else if (line.StartsWith('{') && line.Contains("\"pbm\":", StringComparison.Ordinal)) up.TrySetResult(JsonDocument.Parse(line).RootElement.GetProperty("pbm").GetString()!);
        });
        process.Exited += (_, _) => up.TrySetException(new InvalidOperationException($"the host ended with {process.ExitCode}:\n{Output}"));
        process.EnableRaisingEvents = true;
        _process = process;
        Operator = new(await up.Task.WaitAsync(StartLimit));
    }

    /// <summary>Starts another process on the same data, which is expected to end by itself; its exit code and output.</summary>
    public async Task<(int Code, string Output)> StartSecondAsync(params string[] more)
    {
        var lines = new List<string>();
        using var process = Start(line =>
        {
            lock (lines) lines.Add(line);
        }, more);
        await process.WaitForExitAsync().WaitAsync(StartLimit);
        lock (lines) return (process.ExitCode, string.Join('\n', lines));
    }

    /// <summary>kill -9: nothing is said, nothing is cleaned up.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Whether the process runs, or was ended by us.</summary>
    public bool Lives => _process is null or { HasExited: false };

    /// <summary>SIGSTOP, and SIGCONT: it does nothing, and does not know for how long.</summary>
    public void Freeze(bool frozen) => Kernel.Run("kill", frozen ? "-STOP" : "-CONT", $"{_process!.Id}");

    /// <summary>Tells it to end; the exit code.</summary>
    public async Task<int> TerminateAsync(string signal = "TERM")
    {
        using (var kill = Process.Start("kill", [$"-{signal}", $"{_process!.Id}"])) await kill.WaitForExitAsync();
        return await ExitAsync();
    }

    /// <summary>It ends by itself; the exit code.</summary>
    public async Task<int> ExitAsync()
    {
        await _process!.WaitForExitAsync().WaitAsync(StartLimit);
        var code = _process.ExitCode;
        _process = null;
        return code;
    }

    private Process Start(Action<string> line, params string[] more)
    {
        string[] first = [.. _netns is null ? [] : (string[])["nsenter", $"--net=/run/netns/{_netns}"], .. Before, "dotnet"];
        var start = new ProcessStartInfo(first[0]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in first[1..]) start.ArgumentList.Add(word);
        foreach (var word in (string[])[Program, "--host-id", HostId, "--data", _data, "--pbm", _pbm, "--set", "network-cluster.pbm.tls=off", "--set", "network-cluster.operations.address=", "--dataplane", "linux", "--set", $"network-cluster.dataplane.prefix={_prefix}", "--set", $"network-cluster.dataplane.state-directory={_data}/state", "--set", $"network-cluster.docker-api.socket={DockerSocket}", "--set", $"network-cluster.log-level={System.Environment.GetEnvironmentVariable("NWC_LOG_LEVEL") ?? "Warning"}", .. _more, .. more]) start.ArgumentList.Add(word);
        foreach (var (name, value) in ShortLived) start.Environment[name] = value;
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => line(e.Data ?? "");
        process.ErrorDataReceived += (_, e) => line(e.Data ?? "");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Ends the process, and takes away what it has left in the kernel.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false }) await KillAsync();
        foreach (var name in Kernel.Sandboxes(_prefix)) Kernel.Run("ip", "netns", "del", name);
        foreach (var link in Kernel.Links(_prefix)) Kernel.Run("ip", "link", "del", link);
        Directory.Delete(_data, recursive: true);
    }
}
