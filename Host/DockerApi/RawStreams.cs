using System.Buffers.Binary;
using NetworkCluster.Linux;

namespace NetworkCluster.DockerApi;

/// <summary>A command's streams over one connection: raw, or in Docker's frames of 8 bytes (1 for output or 2 for error, and the length) and the data.</summary>
internal sealed class RawStreams(Stream input, Stream output, bool multiplexed) : IExecStreams, IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public Stream Input => input;

    public ValueTask WriteOutputAsync(ReadOnlyMemory<byte> data, CancellationToken cancel) => WriteAsync(1, data, cancel);

    public ValueTask WriteErrorAsync(ReadOnlyMemory<byte> data, CancellationToken cancel) => WriteAsync(2, data, cancel);

    /// <summary>The streams are not closed: they are the connection's.</summary>
    public void Dispose() => _gate.Dispose();

    private async ValueTask WriteAsync(byte stream, ReadOnlyMemory<byte> data, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            if (multiplexed)
            {
                var header = new byte[8];
                header[0] = stream;
                BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), data.Length);
                await output.WriteAsync(header, cancel);
            }

            await output.WriteAsync(data, cancel);
            await output.FlushAsync(cancel);
        }
        finally
        {
            _gate.Release();
        }
    }
}
