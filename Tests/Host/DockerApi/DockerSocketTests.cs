using System.Net.Sockets;
using NetworkCluster.Configuration;
using NetworkCluster.DockerApi;
using NetworkCluster.Tests.Support;
using Xunit;
using Programs = NetworkCluster.Tests.Cluster.Kernel;

namespace NetworkCluster.Tests.Host.DockerApi;

public sealed class DockerSocketTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nwc-socket-").FullName;

    private string Path => System.IO.Path.Combine(_directory, "below", "docker.sock");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Its_directory_is_made_and_nothing_is_left_in_its_place()
    {
        Assert.True(DockerSocket.Prepare(Path, ""));
        Assert.False(File.Exists(Path));
    }

    [Fact]
    public void What_a_killed_process_has_left_is_replaced_and_a_living_one_is_not()
    {
        Assert.True(DockerSocket.Prepare(Path, ""));
        using var living = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        living.Bind(new UnixDomainSocketEndPoint(Path));
        // Bound and not listening: as after kill -9.
        Assert.True(DockerSocket.Prepare(Path, ""));
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(Path));
        other.Listen();
        Assert.Contains("another process listens", Assert.Throws<ConfigurationProblemException>(() => DockerSocket.Prepare(Path, "")).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path));
    }

    [Fact]
    public void A_file_of_somebody_elses_stays()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        File.WriteAllText(Path, "precious");
        Assert.Contains("is a file, not a socket", Assert.Throws<ConfigurationProblemException>(() => DockerSocket.Prepare(Path, "")).Message, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(Path));
    }

    [KernelFact]
    public void Its_owner_and_its_group_may_connect_and_nobody_else()
    {
        Assert.True(DockerSocket.Prepare(Path, "daemon"));
        using var listening = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listening.Bind(new UnixDomainSocketEndPoint(Path));
        listening.Listen();
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        DockerSocket.Open(Path, "daemon");
        Assert.Equal("660 daemon", Programs.Run("stat", "-c", "%a %G", Path).Trim());
        Assert.Equal("refused", Connects("--clear-groups"));
        Assert.Equal("connected", Connects("--groups=daemon"));
        Assert.Contains("network-cluster.docker-api.group: there is no group nobodys", Assert.Throws<ConfigurationProblemException>(() => DockerSocket.Prepare(Path, "nobodys")).Message, StringComparison.Ordinal);

        string Connects(string groups) => Programs.Run("setpriv", "--reuid=12345", "--regid=12345", groups, "perl", "-MIO::Socket::UNIX", "-e", "print IO::Socket::UNIX->new(Peer => shift) ? 'connected' : 'refused'", Path).Trim();
    }

    [Theory]
    [InlineData("/networks", false, 0, 0, null)]
    [InlineData("/v1.41/networks/a%2Fb", true, 1, 41, "/networks/a%2Fb")]
    [InlineData("/v1.47", true, 1, 47, "/")]
    [InlineData("/v1/networks", false, 0, 0, null)]
    [InlineData("/volumes", false, 0, 0, null)]
    public void A_version_is_taken_off_the_front_of_a_path(string path, bool taken, int major, int minor, string? rest)
    {
        Assert.Equal(taken, DockerVersion.TryTake(path, out var version, out var left));
        Assert.Equal((new DockerVersion(major, minor), rest), (version, left));
    }
}
