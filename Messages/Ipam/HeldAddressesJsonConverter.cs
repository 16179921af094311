using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using NetworkCluster.Addressing;

namespace NetworkCluster.Ipam;

/// <summary>Writes addresses with their holders as one flat list of texts: address, handle, name, and the next.</summary>
public sealed class HeldAddressesJsonConverter : JsonConverter<ImmutableArray<AddressAllocated>>
{
    /// <inheritdoc/>
    public override ImmutableArray<AddressAllocated> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("a list of addresses, handles and names is wanted");
        var all = ImmutableArray.CreateBuilder<AddressAllocated>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var address = Text(ref reader);
            reader.Read();
            var handle = Text(ref reader);
            reader.Read();
            var name = Text(ref reader);
            if (!InetAddress.TryParse(address, out var parsed) || !AddressHandle.TryParse(handle, null, out var holder)) throw new JsonException($"'{address}' and '{handle}' are not an address and a handle");
            all.Add(new(parsed, holder, name));
        }

        return all.DrainToImmutable();
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ImmutableArray<AddressAllocated> value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartArray();
        foreach (var (address, handle, name) in value)
        {
            writer.WriteStringValue(address.ToString());
            writer.WriteStringValue(handle.ToString());
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
    }

    private static string Text(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException("a text is wanted: address, handle and name of each");
}
