using System.IO.Pipelines;
using System.Text.Json;

namespace NetworkCluster.Commands;

/// <summary>Frames as lines of an HTTP body (application/x-ndjson).</summary>
internal sealed class HttpOutput(PipeWriter body) : ICommandOutput, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    public async ValueTask WriteAsync(Frame frame, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            using (var json = new Utf8JsonWriter(body)) JsonSerializer.Serialize(json, frame, PaletteJson.Default.Frame);
            body.GetSpan(1)[0] = (byte)'\n';
            body.Advance(1);
            await body.FlushAsync(cancel);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
