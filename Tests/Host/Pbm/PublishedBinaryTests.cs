using System.Diagnostics;
using NetworkCluster.Tests.Host.Commands;
using Xunit;

namespace NetworkCluster.Tests.Host.Pbm;

/// <summary>The program compiled ahead of time has no reflection to fall back on: what passes in the tests' runtime may still fail in it.</summary>
public sealed class PublishedBinaryTests
{
    [PublishedFact]
    public async Task The_published_program_speaks_to_a_host()
    {
        await using var host = await PbmHost.StartAsync();
        Assert.Equal(new(0, "isolated_nw\n", ""), await RunAsync(host, "network", "ls", "--format", "{{.Name}}", "-f", "name=iso"));
        Assert.Equal(new(1, "[]\n", "Error: network nope not found\n"), await RunAsync(host, "network", "inspect", "nope"));
        Assert.Equal(new(2, "", "Error: unknown option: --subnt, did you mean --subnet?\n"), await RunAsync(host, "network", "create", "--subnt", "x"));
        Assert.Equal(new(5, "a\n", ""), await RunAsync(host, "container", "exec", "container2", "sh", "-c", "echo a; exit 5"));
        Assert.Equal(new(0, "network ls -q -f name=iso\n", ""), await RunIntoAsync(host, "network ls -q -f name=iso\n", "container", "exec", "-i", "container2", "cat"));
        Assert.Equal(new(0, "222222222222\n", ""), await RunIntoAsync(host, "network ls -q -f name=iso\n"));
        Assert.Contains("Usage:  pbm network create [OPTIONS] NETWORK", (await RunAsync(host, "network", "create", "--help")).Output, StringComparison.Ordinal);
    }

    [PublishedFact]
    public async Task A_host_that_does_not_answer_is_one_line_and_code_3()
    {
        var host = await PbmHost.StartAsync();
        await host.DisposeAsync();
        Assert.Equal(new(3, "", $"Error: cannot reach the host at {host.Address}: connection refused\n"), await RunAsync(host, "network", "ls"));
        Assert.Equal(new(0, "pbm 0.1.0\n", ""), await RunAsync(host, "--version"));
    }

    [PublishedFact]
    public async Task It_ends_when_nobody_reads_and_says_when_the_device_is_full()
    {
        await using var host = await PbmHost.StartAsync();
        Assert.Equal(new(0, "y\n141\n", ""), await ShellAsync($"'{PublishedFactAttribute.Program}' {host.Address} container exec container2 yes | head -1; echo ${{PIPESTATUS[0]}}"));
        Assert.Equal(new(1, "", "Error: the output cannot be written: No space left on device\n"), await ShellAsync($"'{PublishedFactAttribute.Program}' {host.Address} network ls >/dev/full"));
    }

    [PublishedFact]
    public async Task What_shows_something_without_end_ends_when_nobody_reads_it()
    {
        await using var host = await PbmHost.StartAsync();
        Assert.Equal(new(0, "141\n", ""), await ShellAsync($"'{PublishedFactAttribute.Program}' {host.Address} cluster events | true; echo ${{PIPESTATUS[0]}}"));
        Assert.Equal(new(0, "0\n", ""), await ShellAsync($"'{PublishedFactAttribute.Program}' {host.Address} container exec container2 sleep 2 | true; echo ${{PIPESTATUS[0]}}"));
    }

    [PublishedFact]
    public async Task A_table_that_is_wider_than_the_terminal_has_no_frame_and_all_of_its_columns()
    {
        await using var host = await PbmHost.StartAsync();
        foreach (var (columns, framed) in ((int, bool)[])[(200, true), (40, false)])
        {
            var table = await ShellAsync($"script -qec \"stty cols {columns}; '{PublishedFactAttribute.Program}' {host.Address} network ls\" /dev/null </dev/null");
            Assert.Equal(framed, table.Output.Contains('│', StringComparison.Ordinal));
            foreach (var heading in (string[])["NETWORK ID", "NAME", "DRIVER", "SCOPE"]) Assert.Contains(heading, table.Output, StringComparison.Ordinal);
        }
    }

    [PublishedFact]
    public async Task What_several_commands_write_into_one_file_stands_there_one_after_the_other()
    {
        await using var host = await PbmHost.StartAsync();
        var file = Path.GetTempFileName();
        var run = $"'{PublishedFactAttribute.Program}' {host.Address}";
        Assert.Equal(new(0, "isolated_nw\nbetween\nisolated_nw\n", ""), await ShellAsync($"({run} network inspect --format '{{{{.Name}}}}' isolated_nw; echo between; {run} network inspect --format '{{{{.Name}}}}' isolated_nw) >{file} 2>&1; cat {file}; rm {file}"));
    }

    private static Task<Outcome> RunAsync(PbmHost host, params string[] words) => RunIntoAsync(host, "", words);

    private static Task<Outcome> RunIntoAsync(PbmHost host, string input, params string[] words) => ProcessAsync(PublishedFactAttribute.Program, [$"{host.Address}", .. words], input);

    private static Task<Outcome> ShellAsync(string line) => ProcessAsync("bash", ["-c", line], "");

    private static async Task<Outcome> ProcessAsync(string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        return new(process.ExitCode, await output, await error);
    }
}

/// <summary>A fact about the published program; skipped where it has not been published.</summary>
public sealed class PublishedFactAttribute : FactAttribute
{
    public static string Program { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../pbm/pbm"));

    public PublishedFactAttribute()
    {
        if (!File.Exists(Program)) Skip = "pbm is not published: run ./pbm --help once";
    }
}
