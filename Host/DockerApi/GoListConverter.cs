using System.Text.Json;
using System.Text.Json.Serialization;

namespace NetworkCluster.DockerApi;

/// <summary>A list as Docker reads it: a null in it is an empty value of its kind.</summary>
/// <typeparam name="T">The kind.</typeparam>
/// <param name="empty">Its empty value.</param>
internal sealed class GoListConverter<T>(T empty) : JsonConverter<IReadOnlyList<T>> where T : class
{
    /// <inheritdoc/>
    public override IReadOnlyList<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException();
        var (read, list) = ((JsonConverter<T>)options.GetConverter(typeof(T)), new List<T>());
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) list.Add(reader.TokenType == JsonTokenType.Null ? empty : read.Read(ref reader, typeof(T), options) ?? empty);
        return list;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IReadOnlyList<T> value, JsonSerializerOptions options)
    {
        var write = (JsonConverter<T>)options.GetConverter(typeof(T));
        writer.WriteStartArray();
        foreach (var one in value) write.Write(writer, one, options);
        writer.WriteEndArray();
    }
}
