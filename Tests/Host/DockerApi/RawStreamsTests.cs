using NetworkCluster.DockerApi;
using Xunit;

namespace NetworkCluster.Tests.Host.DockerApi;

public sealed class RawStreamsTests
{
    [Theory]
    [InlineData(false, false, "a\nb\nc")]
    [InlineData(true, false, "\u0001\0\0\0\0\0\0\u0005a\nb\nc")]
    [InlineData(true, true, "\u0001\0\0\0\0\0\0\u0002a\n\u0001\0\0\0\0\0\0\u0002b\n\u0001\0\0\0\0\0\0\u0001c")]
    public async Task Output_comes_raw_in_frames_or_with_a_frame_for_each_line(bool multiplexed, bool byLine, string expected)
    {
        using var connection = new MemoryStream();
        using var streams = new RawStreams(Stream.Null, connection, multiplexed, byLine);
        await streams.WriteOutputAsync("a\nb\nc"u8.ToArray(), default);
        Assert.Equal(expected, System.Text.Encoding.ASCII.GetString(connection.ToArray()));
    }
}
