using System.Diagnostics;
using System.Globalization;

namespace NetworkCluster.Bench;

/// <summary>A real host process in our namespaces.</summary>
/// <param name="program">The host.</param>
/// <param name="more">Further arguments.</param>
internal sealed class HostUnderLoad(string program, params string[] more) : IAsyncDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("nwc-bench-").FullName;
    private Process? _process;

    public PbmClient Client { get; private set; } = null!;

    public int Pid => _process!.Id;

    /// <summary>Resident memory in MiB.</summary>
    public double ResidentMiB => ResidentMiBOf(Pid);

    /// <summary>That of any process.</summary>
    public static double ResidentMiBOf(int pid) => File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries) is var words
        ? double.Parse(words[1], CultureInfo.InvariantCulture) / 1024 : 0;

    /// <summary>Starts it and returns the time until the first command is answered.</summary>
    public async Task<TimeSpan> StartAsync()
    {
        var clock = Stopwatch.StartNew();
        var up = new TaskCompletionSource<string>();
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        foreach (var word in (string[])["--host-id", "bench", "--data", _data, "--pbm", "127.0.0.1:0", "--set", "network-cluster.docker-api.socket=", "--set", "network-cluster.log-level=Warning", .. more]) start.ArgumentList.Add(word);
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) =>
        {
            if (e.Data is { } line && line.Contains(" network create ", StringComparison.Ordinal)) up.TrySetResult(line.Trim().Split(' ')[1]);
        };
        _process.Start();
        _process.BeginOutputReadLine();
        Client = new(await up.Task.WaitAsync(TimeSpan.FromSeconds(60)));
        await Client.RunAsync("network", "ls");
        return clock.Elapsed;
    }

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false }) await KillAsync();
        Client.Dispose();
        Directory.Delete(_data, recursive: true);
    }
}
