using System.Buffers;
using System.Buffers.Binary;
using NetworkCluster.Linux;

namespace NetworkCluster.DockerApi;

/// <summary>A command's streams over one connection: raw, or in Docker's frames of 8 bytes (1 for output or 2 for error, and the length) and the data.</summary>
/// <param name="input">What is typed.</param>
/// <param name="output">The connection.</param>
/// <param name="multiplexed">Whether in frames.</param>
/// <param name="byLine">Whether each line is a frame of its own, as in Docker's logs: clients take a frame for a line.</param>
internal sealed class RawStreams(Stream input, Stream output, bool multiplexed, bool byLine = false) : IExecStreams, IDisposable
{
    private const int HeaderBytes = 8;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private bool _left;

    /// <summary>What Docker calls them.</summary>
    public static string TypeOf(bool raw) => $"application/vnd.docker.{(raw ? "raw" : "multiplexed")}-stream";

    public Stream Input => input;

    public ValueTask WriteOutputAsync(ReadOnlyMemory<byte> data, CancellationToken cancel) => WriteAsync(1, data, cancel);

    public ValueTask WriteErrorAsync(ReadOnlyMemory<byte> data, CancellationToken cancel) => WriteAsync(2, data, cancel);

    /// <summary>The streams are not closed: they are the connection's.</summary>
    public void Dispose() => _gate.Dispose();

    /// <summary>Nobody listens from now on: what is written is lost. The connection is not used any more when this returns.</summary>
    public async Task LeaveAsync()
    {
        await _gate.WaitAsync();
        _left = true;
        _gate.Release();
    }

    private async ValueTask WriteAsync(byte stream, ReadOnlyMemory<byte> data, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            if (_left) return;
            await output.WriteAsync(multiplexed ? Framed(stream, data.Span) : data, cancel);
            await output.FlushAsync(cancel);
        }
        finally
        {
            _gate.Release();
        }
    }

    private byte[] Framed(byte stream, ReadOnlySpan<byte> data)
    {
        var framed = new ArrayBufferWriter<byte>(data.Length + HeaderBytes);
        while (data.Length > 0)
        {
            var size = byLine && data.IndexOf((byte)'\n') is >= 0 and var end ? end + 1 : data.Length;
            var header = framed.GetSpan(HeaderBytes)[..HeaderBytes];
            header.Clear();
            header[0] = stream;
            BinaryPrimitives.WriteInt32BigEndian(header[4..], size);
            framed.Advance(HeaderBytes);
            framed.Write(data[..size]);
            data = data[size..];
        }

        return framed.WrittenSpan.ToArray();
    }
}
