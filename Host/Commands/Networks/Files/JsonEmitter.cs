using System.Globalization;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace NetworkCluster.Commands.Networks.Files;

/// <summary>A document's events as JSON, which is YAML, too. Texts stay texts: only plain words that are switches or whole numbers are none.</summary>
internal sealed class JsonEmitter(Utf8JsonWriter writer) : IEmitter
{
    private enum Next
    {
        Key,
        Value,
        Item,
    }

    // Of each mapping or sequence that is open.
    private readonly Stack<Next> _next = [];

    /// <inheritdoc/>
    public void Emit(ParsingEvent @event)
    {
        switch (@event)
        {
            case MappingStart:
                writer.WriteStartObject();
                _next.Push(Next.Key);
                break;
            case SequenceStart:
                writer.WriteStartArray();
                _next.Push(Next.Item);
                break;
            case MappingEnd:
                writer.WriteEndObject();
                _next.Pop();
                AfterValue();
                break;
            case SequenceEnd:
                writer.WriteEndArray();
                _next.Pop();
                AfterValue();
                break;
            case Scalar key when _next.Peek() == Next.Key:
                writer.WritePropertyName(key.Value);
                _next.Pop();
                _next.Push(Next.Value);
                break;
            case Scalar value:
                Write(value);
                AfterValue();
                break;
        }
    }

    private void AfterValue()
    {
        if (!_next.TryPeek(out var next) || next != Next.Value) return;
        _next.Pop();
        _next.Push(Next.Key);
    }

    private void Write(Scalar scalar)
    {
        if (scalar is { Style: ScalarStyle.Plain, Value: "true" }) writer.WriteBooleanValue(true);
        else if (scalar.Style == ScalarStyle.Plain && int.TryParse(scalar.Value, CultureInfo.InvariantCulture, out var number)) writer.WriteNumberValue(number);
        else writer.WriteStringValue(scalar.Value);
    }
}
