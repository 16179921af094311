using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NetworkCluster.Commands;
using NetworkCluster.Hosting;

namespace NetworkCluster.DockerApi;

/// <summary>A request that is answered with a status and one line; it has changed nothing.</summary>
internal sealed class DockerRefusedException(int status, string message) : Exception(message)
{
    public int Status => status;
}

/// <summary>How requests are read and answered: JSON in and out, refusals as <c>{"message": ...}</c> with the status of their kind.</summary>
internal static class DockerAnswers
{
    /// <summary>Largest body of a request in bytes.</summary>
    public const int BodyLimitBytes = 1024 * 1024;

    /// <summary>The status of a refusal. Docker answers some of these with 500; here 500 means that a host could not do what makes sense.</summary>
    public static int StatusOf(RejectionKind kind) => kind switch
    {
        RejectionKind.Invalid => StatusCodes.Status400BadRequest,
        RejectionKind.Forbidden => StatusCodes.Status403Forbidden,
        RejectionKind.NotFound => StatusCodes.Status404NotFound,
        RejectionKind.Conflict => StatusCodes.Status409Conflict,
        RejectionKind.Unavailable or RejectionKind.Unknown => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>The request's body.</summary>
    /// <exception cref="UsageException">It is not JSON, says that it is something else, or is not what is wanted.</exception>
    public static async Task<T> ReadAsync<T>(this HttpContext http, JsonTypeInfo<T> type) where T : class
    {
        if (http.Request.ContentType is { Length: > 0 } && !http.Request.HasJsonContentType())
            throw new UsageException($"unsupported Content-Type header ({http.Request.ContentType}): must be 'application/json'");
        try
        {
            return await JsonSerializer.DeserializeAsync(http.Request.Body, type, http.RequestAborted) ?? throw new UsageException("invalid JSON: the body is null");
        }
        catch (JsonException cause)
        {
            throw new UsageException(cause switch
            {
                // What the reader itself cannot read has its exception inside.
                { InnerException: JsonException } or { Path: null } => "invalid JSON: got EOF while reading request body, or what is no JSON",
                { Path: { Length: > 1 } path } => $"invalid JSON: {path[2..]} has a value of another type",
                _ => "invalid JSON: the body is no object",
            });
        }
    }

    /// <summary>Answers with a document.</summary>
    public static Task WriteAsync<T>(this HttpContext http, T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.WriteBodyAsync(value, type);
    }

    /// <summary>The document of an answer that has begun.</summary>
    public static Task WriteBodyAsync<T>(this HttpContext http, T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeAsync(http.Response.Body, value, type, http.RequestAborted);

    /// <summary>Answers with a status alone.</summary>
    public static Task Empty(this HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    /// <summary>The status that a refusal is answered with, its message being the line; none: it is a fault.</summary>
    public static int? StatusOf(Exception cause) => cause switch
    {
        RefusedException { Reason.Kind: var kind } => StatusOf(kind),
        UsageException => StatusCodes.Status400BadRequest,
        DockerRefusedException { Status: var status } => status,
        BadHttpRequestException { StatusCode: var status } => status,
        _ => null,
    };

    /// <summary>Runs a handler; whatever it refuses is answered.</summary>
    public static async Task GuardAsync(this HttpContext http, Func<Task> handle, ILogger log)
    {
        try
        {
            await handle();
        }
        catch (Exception cause) when (StatusOf(cause) is { } status)
        {
            Activity.Current.Fail(cause is RefusedException refused ? refused.Reason.GetType().Name : "Usage", cause.Message);
            if (cause is DockerRefusedException { Status: StatusCodes.Status403Forbidden }) log.LogWarning("refused: {Why}", cause.Message);
            await RefuseAsync(http, status, cause.Message);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to hear it.
        }
        catch (Exception fault)
        {
            log.LogError(fault, "{Method} {Path} failed", http.Request.Method, http.Request.Path);
            Activity.Current.Fail("Fault", fault.Message);
            await RefuseAsync(http, StatusCodes.Status500InternalServerError, fault.Message);
        }
    }

    /// <summary>Answers with a refusal.</summary>
    public static Task RefuseAsync(HttpContext http, int status, string message) =>
        http.Response.HasStarted ? Task.CompletedTask : http.WriteAsync(new MessageDocument(message), DockerJson.Plain.MessageDocument, status);
}
