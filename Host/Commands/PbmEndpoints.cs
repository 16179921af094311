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

    private const string NoBrowsers = "a web page must not command the cluster: what comes with Origin is not answered";

    /// <summary>Maps the palettes. Commands are found by name or alias; while the journal is away, what is shown is marked.</summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="palettes">The commands.</param>
    /// <param name="journal">Whether it is away.</param>
    /// <param name="silence">How long a WebSocket may say nothing before its request; none: <see cref="PbmServer.SilenceLimit"/>.</param>
    public static void MapPbm(this IEndpointRouteBuilder endpoints, IReadOnlyList<Palette> palettes, JournalHealth journal, TimeSpan? silence = null)
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
                : Results.Text($"there is no palette '{palette}' with names", statusCode: StatusCodes.Status404NotFound));
        pbm.MapPost("/commands/{palette}/{command}", (string palette, string command, HttpContext http) =>
            Find(palettes, palette, command) is { } found ? PostAsync((palette, found), runner, http) : NotFound(http, palette, command));

        // A pipeline of its own, because WebSockets need their middleware and the host may have none.
        var sockets = endpoints.CreateApplicationBuilder();
        sockets.UseWebSockets().Run(http => SocketAsync(palettes, runner, http, silence ?? PbmServer.SilenceLimit));
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
        IsBrowser(context.HttpContext) ? ValueTask.FromResult<object?>(Results.Text(NoBrowsers, statusCode: StatusCodes.Status403Forbidden)) : next(context);

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

    private static Task NotFound(HttpContext http, string palette, string command) => AnswerAsync(http, StatusCodes.Status404NotFound, $"there is no command '{palette} {command}': GET /palettes lists them");

    private static Task AnswerAsync(HttpContext http, int status, string sentence)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(sentence, http.RequestAborted);
    }

    private static async Task PostAsync((string Palette, PaletteCommand Command) command, CommandRunner runner, HttpContext http)
    {
        if (!http.Request.HasJsonContentType())
        {
            await AnswerAsync(http, StatusCodes.Status415UnsupportedMediaType, "a command is said in JSON: Content-Type: application/json");
            return;
        }

        http.LimitBody(PbmServer.BodyLimitBytes);
        CommandRequest request;
        try
        {
            request = await JsonSerializer.DeserializeAsync(http.Request.Body, PaletteJson.Default.CommandRequest, http.RequestAborted) ?? throw new JsonException("it is null");
        }
        catch (JsonException wrong)
        {
            await AnswerAsync(http, StatusCodes.Status400BadRequest, $"this is no command: {wrong.Message}");
            return;
        }
        catch (BadHttpRequestException wrong)
        {
            await AnswerAsync(http, wrong.StatusCode, wrong.Message);
            return;
        }

        http.Response.ContentType = "application/x-ndjson";
        using var output = new HttpOutput(http.Response.BodyWriter);
        await runner.RunAsync(http.Caller(), command, http.Request.Headers.TraceParent, request, null, output, http.RequestAborted);
    }

    private static async Task SocketAsync(IReadOnlyList<Palette> palettes, CommandRunner runner, HttpContext http, TimeSpan silence)
    {
        var (palette, name) = ((string)http.GetRouteValue("palette")!, (string)http.GetRouteValue("command")!);
        if (!http.WebSockets.IsWebSocketRequest)
        {
            await AnswerAsync(http, StatusCodes.Status405MethodNotAllowed, "a command is said by POST, or over a WebSocket");
            return;
        }

        if (Find(palettes, palette, name) is not { } command)
        {
            await NotFound(http, palette, name);
            return;
        }

        if ((http.Caller()?.WhyNot("this", changes: false) ?? (IsBrowser(http) ? NoBrowsers : null)) is { } why)
        {
            await AnswerAsync(http, StatusCodes.Status403Forbidden, why);
            return;
        }

        try
        {
            await TalkAsync((palette, command), runner, http, silence);
        }
        catch (Exception gone) when (gone is WebSocketException or IOException or OperationCanceledException)
        {
            // Whoever was there has gone in the middle, or said what no WebSocket says.
            http.Abort();
        }
    }

    private static async Task TalkAsync((string Palette, PaletteCommand Command) command, CommandRunner runner, HttpContext http, TimeSpan silence)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        using var conversation = new SocketConversation(socket);
        using var life = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        using var first = CancellationTokenSource.CreateLinkedTokenSource(life.Token);
        first.CancelAfter(silence);
        if (await conversation.ReadRequestAsync(PbmServer.BodyLimitBytes, first.Token) is not { } request)
        {
            await conversation.CloseAsync(WebSocketCloseStatus.InvalidPayloadData, first.Token);
            return;
        }

        var pump = conversation.PumpInputAsync(life);
        await runner.RunAsync(http.Caller(), command, http.Request.Headers.TraceParent, request, conversation.Input, conversation, life.Token);
        await conversation.EndAsync(pump, EndPatience);
        await life.CancelAsync();
        await pump;
    }
}
