using System.Collections.Immutable;
using System.Text.Json;
using NetworkCluster.Commands;

namespace NetworkCluster.Tests.Host.Commands;

/// <summary>The host's palettes as a client gets them: written and read again.</summary>
internal static class ClientPalettes
{
    public static ImmutableArray<PaletteSpec> All { get; } = JsonSerializer.Deserialize(
        JsonSerializer.Serialize(Served(), PaletteJson.Default.ImmutableArrayPaletteSpec), PaletteJson.Default.ImmutableArrayPaletteSpec);

    private static ImmutableArray<PaletteSpec> Served() =>
        [.. PbmPalettes.All(new FakeGateway(), (new FakeJournal(), new FakeJournal()), null!, null!, new Random(1), TimeProvider.System).Select(p => p.Spec)];
}
