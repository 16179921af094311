using System.Collections.Immutable;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using NetworkCluster.Commands;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>What an operator got back.</summary>
/// <param name="Code">The exit code; none when the connection was cut: nobody knows whether it was done.</param>
/// <param name="Out">Standard output, or the document.</param>
/// <param name="Error">The error's line.</param>
/// <param name="Kind">The error's kind.</param>
internal sealed record Answer(int? Code, string Out, string Error, string Kind)
{
    /// <summary>The kind of a command that nobody heard: no connection came about.</summary>
    public const string NotHeard = "NotHeard";

    /// <summary>Its table.</summary>
    public ImmutableArray<ImmutableArray<string>> Rows { get; init; } = [];

    /// <summary>Whether it was done.</summary>
    public bool Done => Code == 0;

    /// <summary>Whether it was refused, and so changed nothing.</summary>
    public bool Refused => Code is not (null or 0) && Kind != nameof(OutcomeUnknown);

    /// <summary>Whether nobody knows if it was done.</summary>
    public bool Unknown => !Done && !Refused && Kind != NotHeard;
}

/// <summary>An operator at a host's pbm port, without the command line in between.</summary>
internal sealed class Operator(string address)
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20), ConnectTimeout = TimeSpan.FromSeconds(2) }) { BaseAddress = new($"http://{address}"), Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>The port's address.</summary>
    public string Address => address;

    /// <summary>One command that is done; what it prints.</summary>
    public async Task<string> DoneAsync(string palette, string command, params (string Name, string Value)[] arguments)
    {
        var answer = await RunAsync(palette, command, arguments);
        Assert.True(answer.Done, $"{palette} {command} {string.Join(' ', arguments)} at {address} was answered {answer.Code}: {answer.Out} {answer.Error}");
        return answer.Out;
    }

    /// <summary>One command that is refused, with this fact among others.</summary>
    public async Task RefusedAsync(string fact, string palette, string command, params (string Name, string Value)[] arguments)
    {
        var answer = await RunAsync(palette, command, arguments);
        Assert.True(answer.Refused, $"{palette} {command} {string.Join(' ', arguments)} at {address} was answered {answer.Code}: {answer.Out}");
        Assert.Contains(fact, answer.Error, StringComparison.Ordinal);
    }

    /// <summary>One command.</summary>
    public async Task<Answer> RunAsync(string palette, string command, params (string Name, string Value)[] arguments)
    {
        var request = new CommandRequest(arguments.GroupBy(argument => argument.Name).ToImmutableSortedDictionary(group => group.Key, group => group.Select(argument => argument.Value).ToImmutableArray()));
        var (output, error, kind, code, rows) = (new StringBuilder(), "", "", (int?)null, ImmutableArray<ImmutableArray<string>>.Empty);
        try
        {
            using var response = await _http.PostAsync(new Uri($"/commands/{palette}/{command}", UriKind.Relative), JsonContent.Create(request, PaletteJson.Default.CommandRequest));
            response.EnsureSuccessStatusCode();
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
            while (await reader.ReadLineAsync() is { } line)
            {
                switch (JsonSerializer.Deserialize(line, PaletteJson.Default.Frame))
                {
                    case TextFrame text: output.AppendLine(text.Text); break;
                    case BytesFrame bytes: output.Append(Encoding.UTF8.GetString(bytes.Data.Span)); break;
                    case TableFrame table: (rows, output) = (table.Rows, table.Rows.Aggregate(output, (all, row) => all.AppendLine(row[0]))); break;
                    case DocumentFrame document: output.Append(document.Document.GetRawText()); break;
                    case ErrorFrame problem: (error, kind) = (problem.Text, problem.Kind); break;
                    case ExitFrame exit: code = exit.Code; break;
                }
            }
        }
        catch (HttpRequestException cause) when (cause.HttpRequestError == HttpRequestError.ConnectionError)
        {
            kind = Answer.NotHeard;
        }
        catch (Exception cause) when (cause is HttpRequestException or IOException or TaskCanceledException)
        {
            code = null;
        }

        return new(code, output.ToString().Trim(), error, kind) { Rows = rows };
    }

    /// <summary>A container pings another by its name, once.</summary>
    public Task<string> PingsAsync(string container, string name) =>
        DoneAsync("container", "exec", ("container", container), ("command", "ping"), ("command", "-c1"), ("command", "-W1"), ("command", name));

    /// <summary>The names of a network's containers, sorted.</summary>
    public async Task<List<string>> MembersAsync(string network) =>
        [.. (await InspectAsync("network", network))[0].GetProperty("Containers").EnumerateObject().Select(member => member.Value.GetProperty("Name").GetString()!).Order(StringComparer.Ordinal)];

    /// <summary>A JSON document.</summary>
    public async Task<JsonElement> InspectAsync(string palette, params string[] names)
    {
        var answer = await RunAsync(palette, "inspect", [.. names.Select(name => (palette, name))]);
        return answer.Done ? JsonDocument.Parse(answer.Out).RootElement : throw new InvalidOperationException(answer.Error);
    }
}
