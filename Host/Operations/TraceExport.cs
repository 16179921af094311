using System.Globalization;
using System.Runtime.CompilerServices;
using NetworkCluster.Hosting;
using NetworkCluster.Hosts;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace NetworkCluster.Operations;

/// <summary>Sends traces to where OpenTelemetry's own environment variables say. Without them nothing of it is loaded, and nobody listens.</summary>
internal static class TraceExport
{
    /// <summary>Any of these says where: the rest of OpenTelemetry's variables then count, too.</summary>
    private static readonly string[] Endpoints = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

    private static readonly string[] ProtocolNames = ["OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"];

    // What the library knows; of anything else it says nothing, and does what it would do without.
    private static readonly string[] Protocols = ["grpc", "http/protobuf"];
    private static readonly (string Name, string[] Known)[] Words =
    [
        .. ProtocolNames.Select(name => (name, Protocols)),
        ("OTEL_TRACES_SAMPLER", ["always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"]),
    ];

    private const string SamplerArgument = "OTEL_TRACES_SAMPLER_ARG";

    /// <summary>What is wrong with what they say: the exporter would be silent about it, and so would be whoever waits for traces.</summary>
    /// <param name="environment">A variable's value by its name.</param>
    public static IEnumerable<string> Problems(Func<string, string?> environment)
    {
        foreach (var name in Endpoints)
        {
            if (Said(name) is { } text && !(Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)))
                yield return $"{name} in the environment: '{text}' is not where traces can be sent to: http://ADDRESS:PORT or https://ADDRESS:PORT";
        }

        // Nobody sends, so nobody reads them.
        if (!Endpoints.Any(name => Said(name) is not null)) yield break;
        foreach (var (name, known) in Words)
        {
            if (Said(name) is { } word && !known.Contains(word, StringComparer.OrdinalIgnoreCase)) yield return $"{name} in the environment: '{word}' is none of {string.Join(", ", known)}";
        }

        if (Said(SamplerArgument) is { } share && !(double.TryParse(share, CultureInfo.InvariantCulture, out var ratio) && ratio is >= 0 and <= 1))
            yield return $"{SamplerArgument} in the environment: '{share}' is no number from 0 to 1";

        string? Said(string name) => environment(name) is { Length: > 0 } text ? text : null;
    }

    /// <summary>Begins to send; none: nobody says where to.</summary>
    public static IDisposable? Start(HostId host) => Endpoints.Any(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 }) ? Begin(host) : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TracerProvider Begin(HostId host) => Sdk.CreateTracerProviderBuilder()
        // What the environment says (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES) is the last word.
        .ConfigureResource(resource => resource.Clear().AddTelemetrySdk().AddService("network-cluster", autoGenerateServiceInstanceId: false, serviceInstanceId: host.ToString()).AddEnvironmentVariableDetector())
        .AddSource(NodeTraces.Name)
        .AddOtlpExporter(otlp =>
        {
            // Over HTTP where nobody says otherwise, as OpenTelemetry's specification has it; this library's own default is gRPC.
            if (ProtocolNames.All(name => Environment.GetEnvironmentVariable(name) is null)) otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
        })
        .Build();
}
