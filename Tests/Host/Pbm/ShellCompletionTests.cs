using System.Net;
using System.Net.Sockets;
using NetworkCluster.Pbm;
using Xunit;

namespace NetworkCluster.Tests.Host.Pbm;

/// <summary>What a shell asks, and a host that does not answer it.</summary>
public sealed class ShellCompletionTests
{
    [Theory]
    [InlineData("pbm network c", "", "network c")]
    [InlineData("./pbm  10.0.0.1:9110 network connect isolated_nw ", "10.0.0.1:9110", "network connect isolated_nw ")]
    [InlineData("pbm 10.0.0.1:9110 --cert-path certs/alice net", "10.0.0.1:9110 --cert-path certs/alice", "net")]
    [InlineData("pbm --cert-path=certs/alice 10.0.0.1:9110 net", "--cert-path=certs/alice 10.0.0.1:9110", "net")]
    [InlineData("pbm ", "", "")]
    [InlineData("pbm --cert-path cer", "", "--cert-path cer")]
    [InlineData("pbm 10.0.0.1:9110", "", "10.0.0.1:9110")]
    public void The_host_and_the_certificate_before_a_command_are_told_from_it(string line, string before, string command)
    {
        var (words, rest) = ShellCompletion.Split(line);
        Assert.Equal(before, string.Join(' ', words));
        Assert.Equal(command, rest);
    }

    [Theory]
    [InlineData("zsh", "--completion takes the name of a shell, and there is only bash, not zsh: eval \"$(pbm --completion bash)\"")]
    [InlineData("", "--completion takes the name of a shell, and there is only bash: eval \"$(pbm --completion bash)\"")]
    public void Another_shell_is_told_which_there_are(string shell, string problem) =>
        Assert.Equal(problem, Assert.Throws<UsageError>(() => ShellCompletion.Script(shell.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Message);

    [Fact]
    public void Bash_gets_what_it_runs() => Assert.Contains("complete -o default -F _pbm pbm", ShellCompletion.Script(["bash"]), StringComparison.Ordinal);

    [Fact]
    public async Task A_port_that_takes_connections_and_says_nothing_is_no_host()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        Assert.True(HostAddress.TryParse(silent.LocalEndpoint.ToString(), out var address));
        using var client = new PbmClient(address, answerLimit: TimeSpan.FromMilliseconds(200));
        var gone = await Assert.ThrowsAsync<UnreachableException>(() => client.PalettesAsync(CancellationToken.None));
        Assert.Equal($"cannot reach the host at {address}: it did not answer within 0.2 s", gone.Message);
    }
}
