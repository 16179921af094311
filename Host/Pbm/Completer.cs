using System.Collections.Immutable;
using NetworkCluster.Commands;

namespace NetworkCluster.Pbm;

/// <summary>What may follow at the prompt: palettes, commands, options, and names that the host knows.</summary>
internal sealed class Completer(
    Func<CancellationToken, Task<ImmutableArray<PaletteSpec>>> palettes, Func<string, string, CancellationToken, Task<ImmutableArray<string>>> names)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public Completer(PbmClient client) : this(client.PalettesAsync, client.NamesAsync) { }

    /// <summary>The words that may stand at the end of the text.</summary>
    /// <returns>How many characters of the text they replace, and the words; none when the host does not answer.</returns>
    public async Task<(int Length, ImmutableArray<string> Candidates)> CompleteAsync(string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var words = ShellWords.Split(text);
            if (words is ["pbm", ..]) words.RemoveAt(0);
            if (words is [] || char.IsWhiteSpace(text[^1])) words.Add("");
            var last = words[^1];
            var all = await CandidatesAsync(await palettes(patience.Token), words, patience.Token);
            // A beginning that is there already is nothing more to type.
            return (last.Length, [.. all.Where(c => c.StartsWith(last, StringComparison.Ordinal) && !(c == last && IsBeginning(c))).Distinct().Order(StringComparer.Ordinal)]);
        }
        catch (Exception e) when (e is UsageError or UnreachableException or ForbiddenException or OperationCanceledException)
        {
            return (0, []);
        }
    }

    /// <summary>Whether a word is not whole with this: no space follows.</summary>
    public static bool IsBeginning(string candidate) => candidate.EndsWith('=');

    /// <summary>What all candidates begin with.</summary>
    public static string CommonPrefix(ImmutableArray<string> candidates) =>
        candidates is [var first, .. var others] ? others.Aggregate(first, (a, b) => a[..a.AsSpan().CommonPrefixLength(b)]) : "";

    private async Task<IEnumerable<string>> CandidatesAsync(ImmutableArray<PaletteSpec> known, List<string> words, CancellationToken cancel)
    {
        if (words is ["help", ..]) words.RemoveAt(0);
        else if (words.Count == 1) return known.Select(p => p.Name).Append("exit").Append("help");
        if (words.Count == 1) return known.Select(p => p.Name);
        if (known.FirstOrDefault(p => p.Name == words[0]) is not { } palette) return [];
        if (words.Count == 2) return palette.Commands.Select(c => c.Name);
        if (palette.Commands.FirstOrDefault(c => c.IsNamed(words[1])) is not { } command) return [];

        var last = words[^1];
        if (Find(command, words[^2]) is { IsSwitch: false } option) return option.Choices is { IsDefaultOrEmpty: false } choices ? choices : await NamesAsync(option.CompletedBy, last, cancel);
        if (last.StartsWith('-')) return command.Options.Concat(ClientOptions.For(command)).Select(o => $"--{o.Name}");
        var position = Position(command, words);
        return position is null ? [] : (await NamesAsync(position.CompletedBy, last, cancel)).Except(words[2..^1]);
    }

    private static OptionSpec? Find(CommandSpec command, string word) =>
        word.StartsWith("--", StringComparison.Ordinal) ? ClientOptions.Find(command, word[2..])
        : word is ['-', var letter] ? ClientOptions.Find(command, letter)
        : null;

    private static ArgumentSpec? Position(CommandSpec command, List<string> words)
    {
        var positional = 0;
        for (var i = 2; i < words.Count - 1; i++)
        {
            if (Find(command, words[i]) is { IsSwitch: false }) i++;
            else if (!words[i].StartsWith('-')) positional++;
        }

        if (positional < command.Arguments.Length) return command.Arguments[positional];
        return command.Arguments is [.., { Repeatable: true } last] ? last : null;
    }

    private async Task<IEnumerable<string>> NamesAsync(string? palette, string prefix, CancellationToken cancel) =>
        palette is null ? [] : await names(palette, prefix, cancel);
}
