using System.Diagnostics;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>The command line as a program, at a real host that speaks TLS: who may do what, and what those are told who may not.</summary>
[Trait("Category", "Kernel")]
public sealed class PbmTlsTests : IAsyncLifetime
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "pbm.dll");

    private readonly Certificates _ours = new Certificates().Host("host", "127.0.0.1").Host("elsewhere", "10.1.1.1").Admin("alice").Reader("viewer").Reader("promoted").Host("nobody", "127.0.0.1");
    private readonly Certificates _theirs = new Certificates().Admin("mallory");
    private readonly HostUnderTest _host;

    public PbmTlsTests() => _host = new("pbt", more: ["--set", "network-cluster.pbm.tls=on", "--set", "network-cluster.access.admins=[promoted]", .. _ours.Settings("host")]);

    public Task InitializeAsync() => _host.StartAsync();

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        _ours.Dispose();
        _theirs.Dispose();
    }

    [KernelFact]
    public async Task An_admin_does_everything_and_a_reader_looks()
    {
        Assert.Contains("with PBM_CERT_PATH naming the directory of an admin's", _host.Output, StringComparison.Ordinal);
        Assert.Equal((0, ""), await RunAsync(_ours.Of("alice"), "network create --subnet 10.68.0.0/24 far") switch { var (code, _, error) => (code, error) });
        await DoneAsync(_ours.Of("alice"), "container run -d --name one --network far");
        // Over a socket of its own, with input.
        Assert.Equal((3, "typed", ""), await RunAsync(_ours.Of("alice"), "container exec -i one sh -c 'cat;exit${IFS}3'", "typed"));
        await DoneAsync(_ours.Of("promoted"), "network create listed");

        Assert.Contains("far", await DoneAsync(_ours.Of("viewer"), "network ls"), StringComparison.Ordinal);
        Assert.Contains("one", await DoneAsync(_ours.Of("viewer"), "container inspect one"), StringComparison.Ordinal);
        foreach (var command in new[] { "network rm far", "container stop one", "container exec one true", "container exec -i one cat", "host drain host-pbt" })
        {
            var (code, output, error) = await RunAsync(_ours.Of("viewer"), command);
            Assert.True(code == 1 && output.Length == 0 && error == $"Error: viewer is a reader, and '{command.Split(' ')[1]}' takes an admin: use a certificate with OU=admin, or have the name listed in network-cluster.access.admins", $"{command}: {code} {error}");
        }

        Assert.Equal((1, "", "Error: the certificate of nobody names no role: its organisational unit (OU) has to be admin or reader, or its name be listed in network-cluster.access"), await RunAsync(_ours.Of("nobody"), "network ls"));
    }

    [KernelFact]
    public async Task Who_is_refused_is_told_what_to_do()
    {
        Assert.Equal((3, "", $"Error: {Address}: pbm's port speaks TLS here, and this came without: give pbm PBM_CERT_PATH, or docker DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH, the directory of your ca.pem, cert.pem and key.pem"), await RunAsync(null, "network ls"));
        Assert.Equal((2, "", "Error: there is no /nowhere/ca.pem: PBM_CERT_PATH (or --cert-path) is a directory with ca.pem, cert.pem and key.pem"), await RunAsync("/nowhere", "network ls"));

        // It believes another authority; and then ours, which does not know it.
        var (code, _, error) = await RunAsync(_theirs.Of("mallory"), "network ls");
        Assert.True(code == 3 && error.StartsWith($"Error: cannot reach the host at {Address}: its certificate is not taken: ", StringComparison.Ordinal), $"{code} {error}");
        File.Copy(_ours.File("alice", "ca"), _theirs.File("mallory", "ca"), overwrite: true);
        Assert.Equal((3, "", $"Error: cannot reach the host at {Address}: it does not take the certificate in {_theirs.Of("mallory")}: its log says why"), await RunAsync(_theirs.Of("mallory"), "network ls"));
        Assert.Contains("a client of pbm's port showed a certificate that is not taken: CN=mallory, OU=admin: ", _host.Output, StringComparison.Ordinal);

        // By another address than those in its certificate: localhost is not among them.
        (code, _, error) = await RunAsync(_ours.Of("alice"), "network ls", address: Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal));
        Assert.True(code == 3 && error.Contains("its certificate is not taken: it is for another name or address", StringComparison.Ordinal), $"{code} {error}");

        await using var plain = new HostUnderTest("pbu");
        await plain.StartAsync();
        (code, _, error) = await RunAsync(_ours.Of("alice"), "network ls", address: plain.Operator.Address);
        Assert.True(code == 3 && error.EndsWith("it ended the connection without a word of TLS: it speaks without (leave PBM_CERT_PATH out where that is so), has too many connections from this address that have not finished theirs (wait), or is no host", StringComparison.Ordinal), $"{code} {error}");
    }

    private string Address => _host.Operator.Address;

    private async Task<string> DoneAsync(string? who, string command)
    {
        var (code, output, error) = await RunAsync(who, command);
        Assert.True(code == 0, $"{command}: {code} {error}");
        return output;
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(string? who, string command, string input = "", string? address = null)
    {
        var start = new ProcessStartInfo("dotnet", [Program, address ?? Address, .. NetworkCluster.Pbm.ShellWords.Split(command)]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PBM_CERT_PATH"] = who ?? "";
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, (await output).Trim(), (await error).Trim());
    }
}
