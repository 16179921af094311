using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace NetworkCluster.Pbm;

/// <summary>JSON as it is printed: what need not be escaped is not.</summary>
internal static class JsonText
{
    /// <summary>What is written.</summary>
    public static string Of(Action<Utf8JsonWriter> write, JsonWriterOptions options = default)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, options with { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) write(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>What is written, to be read again.</summary>
    public static JsonElement Element(Action<Utf8JsonWriter> write)
    {
        using var document = JsonDocument.Parse(Of(write));
        return document.RootElement.Clone();
    }
}
