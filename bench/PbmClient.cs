using System.Collections.Immutable;
using System.Net.Http.Json;
using System.Text.Json;
using NetworkCluster.Commands;

namespace NetworkCluster.Bench;

/// <summary>An operator without the command line: one kept-alive connection for each command under way.</summary>
internal sealed class PbmClient(string address) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new($"http://{address}") };

    public string Address => address;

    public async Task<string> RunAsync(string palette, string command, params (string Name, string Value)[] arguments)
    {
        var request = new CommandRequest(arguments.GroupBy(argument => argument.Name).ToImmutableSortedDictionary(group => group.Key, group => group.Select(argument => argument.Value).ToImmutableArray()));
        using var response = await _http.PostAsync(new Uri($"/commands/{palette}/{command}", UriKind.Relative), JsonContent.Create(request, PaletteJson.Default.CommandRequest));
        var lines = (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var frames = lines.Select(line => JsonSerializer.Deserialize(line, PaletteJson.Default.Frame)).ToList();
        if (frames.OfType<ErrorFrame>().FirstOrDefault() is { } error) throw new InvalidOperationException($"{palette} {command}: {error.Text}");
        return frames.OfType<TextFrame>().FirstOrDefault()?.Text ?? "";
    }

    public void Dispose() => _http.Dispose();
}
