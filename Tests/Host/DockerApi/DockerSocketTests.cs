using System.Net.Sockets;
using NetworkCluster.Configuration;
using NetworkCluster.DockerApi;
using Xunit;

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
