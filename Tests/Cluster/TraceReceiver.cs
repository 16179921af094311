using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace NetworkCluster.Tests.Cluster;

/// <summary>A span as a collector gets it.</summary>
internal sealed record ReceivedSpan(string Node, string Trace, string Id, string Parent, string Name, ulong Began, ulong Ended, int Status, string Message, IReadOnlyDictionary<string, string> Tags);

/// <summary>A collector of a test's own: OpenTelemetry's protocol over HTTP, as its proto files number the fields (trace/v1/trace.proto, common/v1/common.proto).</summary>
internal sealed class TraceReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<ReceivedSpan> _spans = [];
    private readonly WebApplication _web;

    private TraceReceiver(WebApplication web)
    {
        _web = web;
        web.MapPost("/v1/traces", async (HttpContext http) =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            Each(body.ToArray(), (field, input) => field == 1 ? () => ReadResource(input.ReadBytes()) : null);
        });
    }

    public IReadOnlyCollection<ReceivedSpan> Spans => _spans;

    public static async Task<TraceReceiver> StartAsync(IPEndPoint address)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(address, listen => listen.Protocols = HttpProtocols.Http1));
        var receiver = new TraceReceiver(builder.Build());
        await receiver._web.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    private void ReadResource(ByteString resourceSpans)
    {
        var (node, scopes) = ("", new List<ByteString>());
        Each(resourceSpans, (field, input) => field switch
        {
            1 => () => Each(input.ReadBytes(), (inner, attribute) => inner == 1 ? () => { if (Attribute(attribute.ReadBytes()) is ("service.instance.id", var value)) node = value; } : null),
            2 => () => scopes.Add(input.ReadBytes()),
            _ => null,
        });
        foreach (var scope in scopes) Each(scope, (field, input) => field == 2 ? () => _spans.Enqueue(ReadSpan(node, input.ReadBytes())) : null);
    }

    private static ReceivedSpan ReadSpan(string node, ByteString bytes)
    {
        var (trace, id, parent, name, began, ended, status, message, tags) = ("", "", "", "", 0UL, 0UL, 0, "", new Dictionary<string, string>());
        Each(bytes, (field, input) => field switch
        {
            1 => () => trace = Hex(input),
            2 => () => id = Hex(input),
            4 => () => parent = Hex(input),
            5 => () => name = input.ReadString(),
            7 => () => began = input.ReadFixed64(),
            8 => () => ended = input.ReadFixed64(),
            9 => () =>
            {
                var (key, value) = Attribute(input.ReadBytes());
                tags[key] = value;
            }
            ,
            15 => () => Each(input.ReadBytes(), (inner, part) => inner switch
            {
                2 => () => message = part.ReadString(),
                3 => () => status = part.ReadEnum(),
                _ => null,
            }),
            _ => null,
        });
        return new(node, trace, id, parent, name, began, ended, status, message, tags);
    }

    private static string Hex(CodedInputStream input) => Convert.ToHexStringLower(input.ReadBytes().Span);

    private static (string Key, string Value) Attribute(ByteString bytes)
    {
        var (key, value) = ("", "");
        Each(bytes, (field, input) => field switch
        {
            1 => () => key = input.ReadString(),
            2 => () => Each(input.ReadBytes(), (inner, any) => inner switch
            {
                1 => () => value = any.ReadString(),
                2 => () => value = any.ReadBool() ? "true" : "false",
                3 => () => value = $"{any.ReadInt64()}",
                4 => () => value = $"{any.ReadDouble()}",
                _ => null,
            }),
            _ => null,
        });
        return (key, value);
    }

    private static void Each(ByteString bytes, Func<int, CodedInputStream, Action?> read) => Each(bytes.ToByteArray(), read);

    private static void Each(byte[] bytes, Func<int, CodedInputStream, Action?> read)
    {
        var input = new CodedInputStream(bytes);
        while (input.ReadTag() is not 0 and var tag)
        {
            if (read(WireFormat.GetTagFieldNumber(tag), input) is { } take) take();
            else input.SkipLastField();
        }
    }
}
