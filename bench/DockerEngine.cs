using System.Diagnostics;
using System.Formats.Tar;
using System.Runtime.CompilerServices;

namespace NetworkCluster.Bench;

/// <summary>A real Docker Engine, which <c>dockerd.sh</c> starts in namespaces of its own, with one image: busybox, asleep.</summary>
internal sealed class DockerEngine : IAsyncDisposable
{
    public const string Image = "bench-image";
    private const string Busybox = "/bin/busybox";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Process _process;

    private DockerEngine()
    {
        _process = Process.Start(new ProcessStartInfo(Script(), [Folder]) { RedirectStandardInput = true })!;
        Client = new(Path.Combine(Folder, "docker.sock"));
    }

    /// <summary>Where it has everything. It is deleted when the engine ends.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("nwc-bench-docker-").FullName;

    public DockerClient Client { get; }

    /// <summary>A process in its network namespace.</summary>
    public int Pid => _process.Id;

    /// <summary>What it needs and this machine has not.</summary>
    public static IEnumerable<string> Missing() =>
        ((string[])["dockerd", "containerd", "runc", "iptables"]).Where(program => !Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, program))))
        .Concat(File.Exists(Busybox) ? [] : [Busybox]);

    public static async Task<DockerEngine> StartAsync()
    {
        var engine = new DockerEngine();
        try
        {
            await engine.AnswersAsync();
            await engine.Client.ImportAsync(Image, $"""CMD ["{Busybox}","sleep","86400"]""", Files());
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    private async Task AnswersAsync()
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(20))
        {
            try
            {
                await Client.PingAsync();
                return;
            }
            catch (HttpRequestException cause) when (clock.Elapsed > Patience || _process.HasExited)
            {
                throw new InvalidOperationException($"dockerd does not answer:\n{LastWords()}", cause);
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }
        }
    }

    private string LastWords() => Path.Combine(Folder, "log") is var log && File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(10)) : "";

    private static MemoryStream Files()
    {
        var archive = new MemoryStream();
        using (var tar = new TarWriter(archive, leaveOpen: true)) tar.WriteEntry(Busybox, Busybox[1..]);
        archive.Position = 0;
        return archive;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string Script([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "dockerd.sh");
}
