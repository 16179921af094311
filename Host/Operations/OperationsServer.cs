using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NetworkCluster.Commands;
using NetworkCluster.Hosting;
using NetworkCluster.Hosts;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace NetworkCluster.Operations;

/// <summary>
/// Health and metrics over HTTP, on a port of their own with nothing else behind it. It answers before the host has joined and until its process ends, so that whoever watches is told what it waits for.
/// </summary>
internal sealed class OperationsServer : IAsyncDisposable
{
    /// <summary>200 while there is no reason to start the process anew; 503 with the reason.</summary>
    public const string Live = "/health/live";

    /// <summary>200 while commands may come to this host; 503 with all reasons against.</summary>
    public const string Ready = "/health/ready";

    /// <summary>Prometheus' text format.</summary>
    public const string Metrics = "/metrics";

    private readonly WebApplication _web;
    private readonly MeterProvider _meters;
    private volatile HostGauges? _gauges;

    private OperationsServer(WebApplication web, MeterProvider meters) => (_web, _meters) = (web, meters);

    /// <summary>What is told.</summary>
    public HostHealth Health { get; } = new();

    /// <summary>Listens there; nothing is known yet.</summary>
    public static async Task<OperationsServer> StartAsync(HostId host, IPEndPoint address)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        // Signals are the process's.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.RequestHeadersTimeout = PbmServer.SilenceLimit;
            kestrel.Limits.KeepAliveTimeout = PbmServer.IdleLimit;
            kestrel.Listen(address, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.UseLimit();
            });
        });
        var web = builder.Build();
        var meters = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.Clear().AddTelemetrySdk().AddService("network-cluster", autoGenerateServiceInstanceId: false, serviceInstanceId: host.ToString()))
            .AddMeter(NodeMetrics.Name, $"{NodeMetrics.Name}.*", "System.Runtime")
            .AddPrometheusExporter(prometheus => prometheus.ScopeInfoEnabled = false)
            .Build();
        NodeMetrics.Begin();
        var server = new OperationsServer(web, meters);
        web.Use(server.AnswerAsync);
        web.UseOpenTelemetryPrometheusScrapingEndpoint(meters, http => http.Request.Path == Metrics, null, null, null);
        web.Run(http =>
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return http.Response.WriteAsync($"here are {Live}, {Ready} and {Metrics}\n");
        });
        await web.StartAsync();
        return server;
    }

    /// <summary>The host is up: what it has is counted from now on.</summary>
    public void Show(HostGauges gauges)
    {
        _gauges = gauges;
        Health.Up();
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private async Task AnswerAsync(HttpContext http, RequestDelegate next)
    {
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        switch (http.Request.Path.Value)
        {
            case Live:
                await SayAsync(http, await Health.WhyDeadAsync(http.RequestAborted) is { } dead ? [dead] : []);
                break;
            case Ready:
                await SayAsync(http, Health.WhyNotReady());
                break;
            default:
                if (_gauges is { } gauges && http.Request.Path == Metrics) await gauges.LookAsync(http.RequestAborted);
                await next(http);
                break;
        }
    }

    private static Task SayAsync(HttpContext http, IReadOnlyList<string> reasons)
    {
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.StatusCode = reasons.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return http.Response.WriteAsync(reasons.Count == 0 ? "ok\n" : string.Join("", reasons.Select(reason => $"{reason}\n")));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        _gauges?.Dispose();
        _meters.Dispose();
    }
}
