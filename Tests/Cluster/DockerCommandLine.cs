using System.Diagnostics;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>The docker command line as it is on the path.</summary>
/// <param name="socket">Where it connects, unless the options say something else.</param>
/// <param name="options">Its own options, before the command.</param>
internal sealed class DockerCommandLine(string socket, string options = "")
{
    /// <summary>Types a line for a shell; fails where the command does.</summary>
    public string Done(string line, string? input = null)
    {
        var (code, output, error) = Run(line, input);
        Assert.True(code == 0, $"docker {line}: {code} {output}{error}");
        return output.Trim();
    }

    /// <summary>Types a line that is to fail and say why.</summary>
    public void Refused(string text, string line)
    {
        var (code, output, error) = Run(line);
        Assert.True(code != 0 && $"{output}{error}".Contains(text, StringComparison.Ordinal), $"docker {line}: {code} {output}{error}");
    }

    public (int Code, string Output, string Error) Run(string line, string? input = null) => RunIn($"docker {options} {line}", input);

    /// <summary>Runs a line of a shell in which docker finds its host.</summary>
    public (int Code, string Output, string Error) RunIn(string line, string? input = null)
    {
        var start = new ProcessStartInfo("sh", ["-c", line]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["DOCKER_HOST"] = $"unix://{socket}" } };
        using var process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
