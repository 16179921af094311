using System.Buffers.Binary;
using System.Diagnostics;

namespace NetworkCluster.Tests.Cluster.FaultDriver;

/// <summary>A wall clock for each host's process, which can be set while it runs (clock.c): the machine's own is everybody's.</summary>
internal sealed class HostClocks : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nwc-clocks-").FullName;

    public HostClocks(int hosts)
    {
        using var compiler = Process.Start("gcc", ["-shared", "-fPIC", "-O2", "-o", Library, Path.Combine(AppContext.BaseDirectory, "Cluster", "FaultDriver", "clock.c")]);
        compiler.WaitForExit();
        if (compiler.ExitCode != 0) throw new InvalidOperationException($"gcc ended with {compiler.ExitCode}");
        for (var host = 1; host <= hosts; host++) Set(host, TimeSpan.Zero);
    }

    /// <summary>What a host's process is started with.</summary>
    public IEnumerable<(string Name, string Value)> EnvironmentOf(int host) => [("LD_PRELOAD", Library), ("CLOCK", FileOf(host))];

    /// <summary>From now on the host's clock is so much ahead of everybody else's, or behind.</summary>
    public void Set(int host, TimeSpan ahead)
    {
        var seconds = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(seconds, (long)ahead.TotalSeconds);
        // Not written anew: the process has this very file in its memory.
        using var file = File.OpenHandle(FileOf(host), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.Write(file, seconds, 0);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string Library => Path.Combine(_directory, "clock.so");

    private string FileOf(int host) => Path.Combine(_directory, $"{host}");
}
