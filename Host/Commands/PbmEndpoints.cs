using System.Collections.Immutable;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text.Json;
using NetworkCluster.Access;
using NetworkCluster.Entities;
using NetworkCluster.Hosting;

namespace NetworkCluster.Commands;

/// <summary>The palettes over HTTP: <c>GET /palettes</c>, <c>GET /palettes/{palette}/names?prefix=</c>, <c>POST /commands/{palette}/{command}</c> and the same address as a WebSocket.</summary>
internal static class PbmEndpoints
{
    // Less than the server's own patience, so that who is cut off is told.
    private static readonly TimeSpan ShortCommand = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(10);

    /// <summary>Maps the palettes. Commands are found by name or alias; while the journal is away, what is shown is marked.</summary>
    public static void MapPbm(this IEndpointRouteBuilder endpoints, IReadOnlyList<Palette> palettes, JournalHealth journal)
    {
        var logger = endpoints.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger("NetworkCluster.Pbm");
        var runner = new CommandRunner(journal, logger, LastCall(endpoints.ServiceProvider.GetRequiredService<IHostApplicationLifetime>()));
        var specs = JsonSerializer.SerializeToUtf8Bytes(palettes.Select(p => p.Spec).ToImmutableArray(), PaletteJson.Default.ImmutableArrayPaletteSpec);
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(specs)[..8])}\"";

        var pbm = endpoints.MapGroup("").AddEndpointFilter(RefuseBrowsers).AddEndpointFilter(RefuseUnknown);
        pbm.MapGet("/palettes", (HttpContext http) => SendPalettes(http, specs, tag));
        pbm.MapGet("/palettes/{palette}/names", async (string palette, string? prefix, CancellationToken cancel) =>
            palettes.FirstOrDefault(p => p.Name == palette)?.Names is { } names
                ? Results.Json(await names(prefix ?? "", cancel), PaletteJson.Default.ImmutableArrayString)
                : Results.NotFound());
        pbm.MapPost("/commands/{palette}/{command}", (string palette, string command, HttpContext http) =>
            Find(palettes, palette, command) is { } found ? PostAsync((palette, found), runner, http) : Answer(http, StatusCodes.Status404NotFound));

        // A pipeline of its own, because WebSockets need their middleware and the host may have none.
        var sockets = endpoints.CreateApplicationBuilder();
        sockets.UseWebSockets().Run(http => SocketAsync(palettes, runner, http));
        endpoints.MapGet("/commands/{palette}/{command}", sockets.Build());
    }

    private static CancellationToken LastCall(IHostApplicationLifetime life)
    {
        var over = new CancellationTokenSource();
        life.ApplicationStopping.Register(() => over.CancelAfter(ShortCommand));
        return over.Token;
    }

    /// <summary>A web page in the operator's browser must not command the cluster: browsers send Origin, command lines do not.</summary>
    private static ValueTask<object?> RefuseBrowsers(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        IsBrowser(context.HttpContext) ? ValueTask.FromResult<object?>(Results.StatusCode(StatusCodes.Status403Forbidden)) : next(context);

    // Commands say it in their own form.
    private static ValueTask<object?> RefuseUnknown(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        context.HttpContext is { Request.Method: "GET" } http && http.Caller()?.WhyNot("this", changes: false) is { } why
            ? ValueTask.FromResult<object?>(Results.Text(why, statusCode: StatusCodes.Status403Forbidden))
            : next(context);

    private static Caller? Caller(this HttpContext http) => http.Features.Get<Caller>();

    private static bool IsBrowser(HttpContext http) => http.Request.Headers.Origin.Count > 0;

    private static PaletteCommand? Find(IReadOnlyList<Palette> palettes, string palette, string command) =>
        palettes.FirstOrDefault(p => p.Name == palette)?.Commands.FirstOrDefault(c => c.Spec.IsNamed(command));

    private static IResult SendPalettes(HttpContext http, byte[] specs, string tag)
    {
        http.Response.Headers.ETag = tag;
        return http.Request.Headers.IfNoneMatch.Contains(tag) ? Results.StatusCode(StatusCodes.Status304NotModified) : Results.Bytes(specs, "application/json");
    }

    private static Task Answer(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static async Task PostAsync((string Palette, PaletteCommand Command) command, CommandRunner runner, HttpContext http)
    {
        if (!http.Request.HasJsonContentType())
        {
            await Answer(http, StatusCodes.Status415UnsupportedMediaType);
            return;
        }

        http.LimitBody(PbmServer.BodyLimitBytes);
        CommandRequest? request;
        try
        {
            request = await JsonSerializer.DeserializeAsync(http.Request.Body, PaletteJson.Default.CommandRequest, http.RequestAborted);
        }
        catch (JsonException)
        {
            request = null;
        }

        if (request is null)
        {
            await Answer(http, StatusCodes.Status400BadRequest);
            return;
        }

        http.Response.ContentType = "application/x-ndjson";
        using var output = new HttpOutput(http.Response.BodyWriter);
        await runner.RunAsync(http.Caller(), command, http.Request.Headers.TraceParent, request, null, output, http.RequestAborted);
    }

    private static async Task SocketAsync(IReadOnlyList<Palette> palettes, CommandRunner runner, HttpContext http)
    {
        var (palette, name) = ((string)http.GetRouteValue("palette")!, (string)http.GetRouteValue("command")!);
        if (!http.WebSockets.IsWebSocketRequest || Find(palettes, palette, name) is not { } command)
        {
            await Answer(http, http.WebSockets.IsWebSocketRequest ? StatusCodes.Status404NotFound : StatusCodes.Status405MethodNotAllowed);
            return;
        }

        if (IsBrowser(http))
        {
            await Answer(http, StatusCodes.Status403Forbidden);
            return;
        }

        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        using var conversation = new SocketConversation(socket);
        using var life = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        if (await conversation.ReadRequestAsync(PbmServer.BodyLimitBytes, life.Token) is not { } request)
        {
            await conversation.CloseAsync(WebSocketCloseStatus.InvalidPayloadData, life.Token);
            return;
        }

        var pump = conversation.PumpInputAsync(life);
        await runner.RunAsync(http.Caller(), (palette, command), http.Request.Headers.TraceParent, request, conversation.Input, conversation, life.Token);
        await conversation.EndAsync(pump, EndPatience);
        await life.CancelAsync();
        await pump;
    }
}
