using NetworkCluster.Commands;
using NetworkCluster.Commands.Containers;
using Xunit;

namespace NetworkCluster.Tests.Host.DockerApi;

public sealed class SignalsTests
{
    [Theory]
    [InlineData(null, 9)]
    [InlineData("", 9)]
    [InlineData("KILL", 9)]
    [InlineData("SIGKILL", 9)]
    [InlineData("hup", 1)]
    [InlineData("sigusr1", 10)]
    [InlineData("TERM", 15)]
    [InlineData("WINCH", 28)]
    [InlineData("SYS", 31)]
    [InlineData("64", 64)]
    public void Signals_are_read_as_clients_name_them(string? text, int number) => Assert.Equal(number, Signals.Parse(text));

    [Theory]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("-9")]
    [InlineData("SIG")]
    [InlineData("KILLS")]
    public void What_is_none_is_refused_by_name(string text) => Assert.Equal($"Invalid signal: {text}", Assert.Throws<UsageException>(() => Signals.Parse(text)).Message);
}
