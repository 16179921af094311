using System.Runtime.Serialization;
using System.Text.Json;
using Akka.Actor;
using Akka.Serialization;

namespace NetworkCluster.Serialization;

/// <summary>Writes messages as JSON under their <see cref="Manifests"/>. Unknown manifests and unknown types are refused, not guessed.</summary>
public sealed class MessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string SnapshotManifest = "snapshot";

    /// <summary>Permanent: it is in every journal row.</summary>
    public override int Identifier => 4711;

    /// <inheritdoc/>
    public override string Manifest(object o) => o is EntitySnapshot ? SnapshotManifest : ManifestOf(o);

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) =>
        obj is EntitySnapshot snapshot ? Write(snapshot) : JsonSerializer.SerializeToUtf8Bytes(obj, obj.GetType(), MessageJson.Default);

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) => manifest == SnapshotManifest ? ReadSnapshot(bytes) : Read(bytes, manifest);

    private static string ManifestOf(object o) =>
        Manifests.Of(o.GetType()) ?? throw new SerializationException($"{o.GetType()} has no manifest: it may not leave the process");

    private static object Read(ReadOnlySpan<byte> json, string manifest)
    {
        var type = Manifests.TypeOf(manifest) ?? throw new SerializationException($"unknown manifest '{manifest}'");
        return JsonSerializer.Deserialize(json, type, MessageJson.Default) ?? throw new SerializationException($"'{manifest}' holds null");
    }

    private static byte[] Write(EntitySnapshot snapshot)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartArray();
            foreach (var fact in snapshot.Facts)
            {
                writer.WriteStartArray();
                writer.WriteStringValue(ManifestOf(fact));
                JsonSerializer.Serialize(writer, fact, fact.GetType(), MessageJson.Default);
                writer.WriteEndArray();
            }

            writer.WriteEndArray();
        }

        return stream.ToArray();
    }

    private static EntitySnapshot ReadSnapshot(byte[] bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        return new([.. document.RootElement.EnumerateArray().Select(pair => (IEvent)Read(System.Text.Encoding.UTF8.GetBytes(pair[1].GetRawText()), pair[0].GetString()!))]);
    }
}
