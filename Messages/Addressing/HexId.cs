using System.Diagnostics.CodeAnalysis;

namespace NetworkCluster.Addressing;

/// <summary>The shape that network, endpoint and container ids share with Docker: 64 lower-case hexadecimal digits.</summary>
public static class HexId
{
    internal const string Zero = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>Whether the text is exactly 64 lower-case hexadecimal digits.</summary>
    public static bool IsValid([NotNullWhen(true)] string? text) =>
        text is { Length: 64 } && !text.AsSpan().ContainsAnyExcept(Digits);

    private static readonly System.Buffers.SearchValues<char> Digits = System.Buffers.SearchValues.Create("0123456789abcdef");
}
