using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using NetworkCluster.Commands;

namespace NetworkCluster.Pbm;

/// <summary>The host does not answer as a host does; its message is one line.</summary>
internal sealed class UnreachableException(string message) : Exception(message);

/// <summary>The host answers, and refuses whoever asks; its message is one line.</summary>
internal sealed class ForbiddenException(string message) : Exception(message);

/// <summary>Speaks to one host, with TLS where there is a certificate. Every fault of the network comes out as <see cref="UnreachableException"/>.</summary>
internal sealed class PbmClient : IDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);
    // For what a host knows by itself; a command may take as long as it takes.
    private static readonly TimeSpan UsualAnswerLimit = TimeSpan.FromSeconds(10);
    // The host lets go of a silent connection after a minute; a command that is just then sent over it would be lost.
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(20);

    private readonly HostAddress _address;
    private readonly ClientCertificate? _certificate;
    private readonly TimeSpan _answerLimit;
    private readonly HttpMessageInvoker _sockets;
    private readonly HttpClient _http;

    private ImmutableArray<PaletteSpec> _palettes;
    private EntityTagHeaderValue? _tag;

    public PbmClient(HostAddress address, ClientCertificate? certificate = null, TimeSpan? answerLimit = null)
    {
        (_address, _certificate, _answerLimit) = (address, certificate, answerLimit ?? UsualAnswerLimit);
        var handler = new SocketsHttpHandler { UseProxy = false, UseCookies = false, ConnectTimeout = ConnectLimit, PooledConnectionIdleTimeout = IdleLimit };
        if (certificate is not null) handler.SslOptions = certificate.Options();
        _sockets = new(handler, disposeHandler: false);
        _http = new(handler) { BaseAddress = certificate is null ? address.Root : new UriBuilder(address.Root) { Scheme = "https" }.Uri, Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The host's palettes. Downloaded again only when they have changed.</summary>
    public async Task<ImmutableArray<PaletteSpec>> PalettesAsync(CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "palettes");
        if (_tag is not null) request.Headers.IfNoneMatch.Add(_tag);
        using var response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancel);
        if (response.StatusCode == HttpStatusCode.NotModified) return _palettes;
        // A host has palettes, and says in a sentence why it does not show them.
        if (response.StatusCode == HttpStatusCode.NotFound) throw new UnreachableException($"{_address} speaks HTTP, but is not pbm's port of a host (network-cluster.pbm.port, {HostAddress.Default.Port} unless it is set): it answered 404 NotFound");
        if (response.StatusCode != HttpStatusCode.OK) throw await StrangeAsync(response, cancel);
        try
        {
            _palettes = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancel), PaletteJson.Default.ImmutableArrayPaletteSpec);
        }
        catch (JsonException)
        {
            throw new UnreachableException($"{_address} speaks HTTP, but is no host of a network cluster");
        }

        _tag = response.Headers.ETag;
        return _palettes;
    }

    /// <summary>Names of a palette's objects that begin with a prefix; none when the host has none or does not answer.</summary>
    public async Task<ImmutableArray<string>> NamesAsync(string palette, string prefix, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"palettes/{Uri.EscapeDataString(palette)}/names?prefix={Uri.EscapeDataString(prefix)}");
        using var response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancel);
        return response.StatusCode == HttpStatusCode.OK
            ? JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancel), PaletteJson.Default.ImmutableArrayString)
            : [];
    }

    /// <summary>Runs a command; its frames as they come, the exit frame last.</summary>
    public IAsyncEnumerable<Frame> RunAsync(Call call, Stream? input, CancellationToken cancel) =>
        input is null ? PostAsync(call, cancel) : TalkAsync(call, input, cancel);

    private static string Path(Call call) => $"commands/{Uri.EscapeDataString(call.Palette.Name)}/{Uri.EscapeDataString(call.Command.Name)}";

    private async IAsyncEnumerable<Frame> PostAsync(Call call, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path(call))
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(call.Request, PaletteJson.Default.CommandRequest))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            },
            Headers = { { TraceParent.Name, TraceParent.New() } },
        };
        using var response = await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel, isCommand: true);
        if (response.StatusCode != HttpStatusCode.OK) throw await StrangeAsync(response, cancel);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancel));
        while (await ReadAsync(() => reader.ReadLineAsync(cancel).AsTask(), cancel, isCommand: true) is { } line)
            yield return Parse(System.Text.Encoding.UTF8.GetBytes(line));
    }

    private async IAsyncEnumerable<Frame> TalkAsync(Call call, Stream input, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader(TraceParent.Name, TraceParent.New());
        var uri = new UriBuilder(new Uri(_address.Root, Path(call))) { Scheme = _certificate is null ? "ws" : "wss" }.Uri;
        await ReadAsync(async () => { await socket.ConnectAsync(uri, _sockets, cancel); return true; }, cancel);
        await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(call.Request, PaletteJson.Default.CommandRequest), WebSocketMessageType.Text, true, cancel);
        using var life = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var pump = PumpAsync(socket, input, life.Token);
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(64 * 1024);
        while (true)
        {
            var read = await ReadAsync(() => socket.ReceiveAsync(buffer.GetMemory(16 * 1024), cancel).AsTask(), cancel, isCommand: true);
            if (read.MessageType == WebSocketMessageType.Close) break;
            buffer.Advance(read.Count);
            if (!read.EndOfMessage) continue;
            var frame = Parse(buffer.WrittenSpan);
            buffer.ResetWrittenCount();
            yield return frame;
            if (frame is ExitFrame) break;
        }

        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived) await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancel);

        // A read of a terminal cannot be cancelled: the pump is left behind, and the process ends soon.
        await life.CancelAsync();
        _ = pump;
    }

    private static async Task PumpAsync(ClientWebSocket socket, Stream input, CancellationToken cancel)
    {
        try
        {
            var buffer = new byte[16 * 1024];
            int count;
            while ((count = await input.ReadAsync(buffer, cancel)) > 0)
                await socket.SendAsync(buffer.AsMemory(0, count), WebSocketMessageType.Binary, true, cancel);
            await socket.SendAsync(ReadOnlyMemory<byte>.Empty, WebSocketMessageType.Binary, true, cancel);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
            // The command has ended, or the host is gone; the reading side says which.
        }
    }

    private Frame Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, PaletteJson.Default.Frame)!;
        }
        catch (JsonException)
        {
            throw new UnreachableException($"{_address} answered with a frame that this client does not know: publish pbm again (rm -r artifacts/pbm)");
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancel, bool isCommand = false)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (!isCommand) limit.CancelAfter(_answerLimit);
        return await ReadAsync(() => _http.SendAsync(request, completion, limit.Token), cancel, isCommand);
    }

    private async Task<T> ReadAsync<T>(Func<Task<T>> read, CancellationToken cancel, bool isCommand = false)
    {
        try
        {
            return await read();
        }
        catch (OperationCanceledException late) when (!cancel.IsCancellationRequested)
        {
            // Only a connection and what the host knows by itself have a limit, and neither is a command that was sent.
            throw new UnreachableException($"cannot reach the host at {_address}: {(late.InnerException is TimeoutException ? $"there was no connection within {ConnectLimit.TotalSeconds:0} s" : $"it did not answer within {_answerLimit.TotalSeconds:0.#} s")}");
        }
        catch (Exception e) when (e is HttpRequestException or WebSocketException or IOException)
        {
            var wasSent = isCommand && e is not HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };
            throw new UnreachableException(wasSent
                ? $"the host at {_address} did not finish its answer ({Cause(e)}): it is not known whether the command was carried out; look before you repeat it"
                : $"cannot reach the host at {_address}: {WhyNoTls(e) ?? Cause(e)}");
        }
    }

    private static string Cause(Exception e) => e switch
    {
        SocketException { SocketErrorCode: var code } => code switch
        {
            SocketError.ConnectionRefused => "connection refused",
            SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => "no such host",
            SocketError.TimedOut => "timed out",
            SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => "the connection was cut",
            SocketError.NetworkUnreachable => "network is unreachable",
            SocketError.HostUnreachable => "no route to host",
            _ => code.ToString(),
        },
        { InnerException: { } inner } => Cause(inner),
        HttpIOException => "the connection was cut",
        _ => Lines.One(e.Message),
    };

    // What no handshake came about by, where there is a connection.
    private string? WhyNoTls(Exception e) => (_certificate, e) switch
    {
        (null, _) or (_, { InnerException: SocketException { SocketErrorCode: not (SocketError.ConnectionReset or SocketError.Shutdown) } }) => null,
        ({ HostRefused: { } why }, _) => $"its certificate is not taken: {why}; ca.pem in {_certificate.Directory} has to be of the authority that signed it",
        ({ HostSeen: false }, _) => "it ended the connection without a word of TLS: it speaks without (leave PBM_CERT_PATH out where that is so), has too many connections from this address that have not finished theirs (wait), or is no host",
        ({ HostSeen: true }, HttpRequestException) when _tag is null => $"it does not take the certificate in {_certificate.Directory}: its log says why",
        _ => null,
    };

    // A refusal has a sentence; anything else is not what a host answers.
    private async Task<Exception> StrangeAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var sentence = response.Content.Headers.ContentType?.MediaType == "text/plain" ? await response.Content.ReadAsStringAsync(cancel) : "";
        if (sentence.Length == 0) return new UnreachableException($"{_address} answered {(int)response.StatusCode} {response.StatusCode}");
        return response.StatusCode == HttpStatusCode.Forbidden ? new ForbiddenException(sentence) : new UnreachableException($"{_address}: {sentence}");
    }

    public void Dispose()
    {
        _sockets.Dispose();
        _http.Dispose();
    }
}
