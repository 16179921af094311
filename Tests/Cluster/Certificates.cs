using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace NetworkCluster.Tests.Cluster;

/// <summary>Certificates of a private authority, made as <c>docs/security.md</c> says: by its script.</summary>
internal sealed class Certificates : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nwc-test-tls-").FullName;

    /// <summary>A host's.</summary>
    public Certificates Host(string name, params string[] addresses) => Make(["host", name, .. addresses]);

    /// <summary>An operator's.</summary>
    public Certificates Admin(string name) => Make(["admin", name]);

    /// <summary>A viewer's.</summary>
    public Certificates Reader(string name) => Make(["reader", name]);

    /// <summary>The directory of somebody's three files.</summary>
    public string Of(string name) => Path.Combine(_directory, name);

    /// <summary>One of them: ca, cert or key.</summary>
    public string File(string name, string file) => Path.Combine(Of(name), $"{file}.pem");

    /// <summary>The arguments of a host that has these.</summary>
    public string[] Settings(string name, string level = "tls") => [.. Setting(level, "ca", File(name, "ca")), .. Setting(level, "certificate", File(name, "cert")), .. Setting(level, "key", File(name, "key"))];

    private static string[] Setting(string level, string key, string value) => ["--set", $"network-cluster.{level}.{key}={value}"];

    private Certificates Make(params string[] words)
    {
        var start = new ProcessStartInfo(Script()) { RedirectStandardError = true };
        foreach (var word in (string[])[_directory, .. words]) start.ArgumentList.Add(word);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? this : throw new InvalidOperationException(error);
    }

    private static string Script([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", "security", "certificates.sh");

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
