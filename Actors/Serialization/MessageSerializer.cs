using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text;
using System.Text.Json;
using Akka.Actor;
using Akka.Serialization;

namespace NetworkCluster.Serialization;

/// <summary>Writes messages as JSON under their <see cref="Manifests"/>. Unknown manifests and unknown types are refused, not guessed.</summary>
public sealed class MessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string SnapshotManifest = "snapshot";
    private const int TraceLength = 55;

    /// <summary>Permanent: it is in every journal row.</summary>
    public override int Identifier => 4711;

    /// <inheritdoc/>
    public override string Manifest(object o) => o is EntitySnapshot ? SnapshotManifest : ManifestOf(o);

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) =>
        obj is EntitySnapshot snapshot ? Write(snapshot) : Traced(JsonSerializer.SerializeToUtf8Bytes(obj, obj.GetType(), MessageJson.Default), MessageTrace.Of(obj));

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) => manifest == SnapshotManifest ? ReadSnapshot(bytes) : Read(bytes, manifest);

    private static string ManifestOf(object o) =>
        Manifests.Of(o.GetType()) ?? throw new SerializationException($"{o.GetType()} has no manifest: it may not leave the process");

    private static Type TypeOf(string manifest) => Manifests.TypeOf(manifest) ?? throw new SerializationException($"unknown manifest '{manifest}'");

    private static object Read(ReadOnlySpan<byte> json, string manifest)
    {
        var message = JsonSerializer.Deserialize(json, TypeOf(manifest), MessageJson.Default) ?? throw new SerializationException($"'{manifest}' holds null");
        if (json.StartsWith(TraceMember) && json.Length > TraceMember.Length + TraceLength
            && ActivityContext.TryParse(Encoding.ASCII.GetString(json.Slice(TraceMember.Length, TraceLength)), null, isRemote: true, out var trace)) MessageTrace.Note(message, trace);
        return message;
    }

    // The first member, so that who reads finds it without looking through the message. Read by the form's own rules it is a member that nobody knows, and left out.
    private static byte[] Traced(byte[] json, ActivityContext? trace) =>
        trace is { } context ? [.. TraceMember, .. Encoding.ASCII.GetBytes(MessageTrace.Write(context)), (byte)'"', .. json is [(byte)'{', (byte)'}'] ? "}"u8 : [(byte)',', .. json.AsSpan(1)]] : json;

    private static ReadOnlySpan<byte> TraceMember => "{\"traceparent\":\""u8;

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
        var facts = ImmutableArray.CreateBuilder<IEvent>();
        var reader = new Utf8JsonReader(bytes);
        Expect(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
        {
            Expect(ref reader, JsonTokenType.String);
            var manifest = reader.GetString()!;
            reader.Read();
            facts.Add((IEvent?)JsonSerializer.Deserialize(ref reader, TypeOf(manifest), MessageJson.Default) ?? throw new SerializationException($"'{manifest}' holds null"));
            Expect(ref reader, JsonTokenType.EndArray);
        }

        return new(facts.ToImmutable());
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token)
    {
        if (!reader.Read() || reader.TokenType != token) throw new SerializationException($"a snapshot that has {reader.TokenType} where {token} belongs");
    }
}
