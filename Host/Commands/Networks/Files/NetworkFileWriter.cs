using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using NetworkCluster.Commands.Documents;
using NetworkCluster.Drivers;
using NetworkCluster.Networks;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace NetworkCluster.Commands.Networks.Files;

/// <summary>Writes networks as a document that <see cref="NetworkFileReader"/> reads. What is as it is without a word about it is left out, but for the driver and the scope.</summary>
internal sealed partial class NetworkFileWriter
{
    // Words that some reader of YAML takes for something else than a text.
    private static readonly ImmutableHashSet<string> OtherThanText = ImmutableHashSet.Create(StringComparer.OrdinalIgnoreCase, "true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf");

    private readonly IEmitter _emitter;

    private NetworkFileWriter(IEmitter emitter) => _emitter = emitter;

    /// <summary>The document.</summary>
    public static string Write(IEnumerable<FileNetwork> networks)
    {
        using var text = new StringWriter { NewLine = "\n" };
        Write(networks, new Emitter(text, new EmitterSettings().WithMaxSimpleKeyLength(1024).WithBestWidth(int.MaxValue)));
        return text.ToString();
    }

    /// <summary>The same as JSON.</summary>
    public static JsonElement WriteJson(IEnumerable<FileNetwork> networks)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes)) Write(networks, new JsonEmitter(json));
        return JsonElement.Parse(bytes.WrittenSpan);
    }

    private static void Write(IEnumerable<FileNetwork> networks, IEmitter emitter)
    {
        var writer = new NetworkFileWriter(emitter);
        writer._emitter.Emit(new StreamStart());
        writer._emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        writer.Mapping(() =>
        {
            writer.Pair(NetworkFileReader.Keys.Version, () => writer.Scalar(NetworkFileReader.Version, ScalarStyle.Plain));
            writer.Pair(NetworkFileReader.Keys.Networks, () => writer.Sequence(networks, writer.Network));
        });
        writer._emitter.Emit(new DocumentEnd(isImplicit: true));
        writer._emitter.Emit(new StreamEnd());
    }

    private void Network(FileNetwork network) => Mapping(() =>
    {
        var request = network.Request;
        Pair(NetworkFileReader.Keys.Name, request.Name);
        Pair(NetworkFileReader.Keys.Driver, request.Driver);
        if (NetworkDrivers.Find(request.Driver) is { Scope: var scope }) Pair(NetworkFileReader.Keys.Scope, NetworkDocument.TextOf(scope));
        Switch(NetworkFileReader.Keys.Internal, request.Internal);
        Switch(NetworkFileReader.Keys.Attachable, request.Attachable);
        Switch(NetworkFileReader.Keys.IPv6, request.EnableIPv6);
        if (request.IpamDriver is not null || request.BareIpam is not true || !request.Pools.IsEmpty) Pair(NetworkFileReader.Keys.Ipam, () => Ipam(network));
        Texts(NetworkFileReader.Keys.Options, request.Options);
        Texts(NetworkFileReader.Keys.Labels, request.Labels);
    });

    private void Ipam(FileNetwork network) => Mapping(() =>
    {
        var request = network.Request;
        if (request.IpamDriver is { } driver) Pair(NetworkFileReader.Keys.Driver, () => Scalar(driver, ScalarStyle.DoubleQuoted));
        if (request.BareIpam is not true) Pair(NetworkFileReader.Keys.Options, () => Mapping(() => { }, MappingStyle.Flow));
        if (!request.Pools.IsEmpty) Pair(NetworkFileReader.Keys.Config, () => Sequence(request.Pools, pool => Pool(pool, network)));
    });

    private void Pool(PoolRequest pool, FileNetwork network) => Mapping(() =>
    {
        if (pool.Subnet is { } subnet) Pair(NetworkFileReader.Keys.Subnet, subnet.ToString());
        var more = network.MoreRanges.Where(range => pool.Subnet?.Contains(range) ?? false).ToList();
        if (pool.IpRange is { } range && more is []) Pair(NetworkFileReader.Keys.IpRange, range.ToString());
        else if (pool.IpRange is { } first) Pair(NetworkFileReader.Keys.IpRange, () => Sequence(more.Prepend(first), part => Text(part.ToString())));
        if (pool.Gateway is { } gateway) Pair(NetworkFileReader.Keys.Gateway, gateway.ToString());
        // Words, and not names with values: one name may stand for several addresses.
        if (!pool.Auxiliary.IsEmpty) Pair(NetworkFileReader.Keys.Auxiliary, () => Sequence(pool.Auxiliary, aux => Text($"{aux.Name}={aux.Address}")));
    });

    private void Texts(string key, ImmutableSortedDictionary<string, string> pairs)
    {
        if (pairs.IsEmpty) return;
        Pair(key, () => Mapping(() =>
        {
            foreach (var (name, value) in pairs) Pair(name, () => Scalar(value, ScalarStyle.DoubleQuoted));
        }));
    }

    private void Switch(string key, bool value)
    {
        if (value) Pair(key, () => Scalar("true", ScalarStyle.Plain));
    }

    private void Pair(string key, string value) => Pair(key, () => Text(value));

    private void Pair(string key, Action value)
    {
        Text(key);
        value();
    }

    private void Text(string text) => Scalar(text, IsPlain().IsMatch(text) && !OtherThanText.Contains(text) ? ScalarStyle.Plain : ScalarStyle.DoubleQuoted);

    private void Scalar(string text, ScalarStyle style) => _emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, style, isPlainImplicit: true, isQuotedImplicit: true));

    private void Mapping(Action pairs, MappingStyle style = MappingStyle.Block)
    {
        _emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, style));
        pairs();
        _emitter.Emit(new MappingEnd());
    }

    private void Sequence<T>(IEnumerable<T> items, Action<T> write)
    {
        _emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
        foreach (var item in items) write(item);
        _emitter.Emit(new SequenceEnd());
    }

    // A word that begins with a letter, or an IPv4 address or block.
    [GeneratedRegex(@"\A(?:[A-Za-z][A-Za-z0-9_./=-]*|[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+(?:/[0-9]+)?)\z")]
    private static partial Regex IsPlain();
}
