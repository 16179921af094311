using System.Collections.Immutable;
using System.CommandLine;
using NetworkCluster.Commands;

namespace NetworkCluster.Pbm;

/// <summary>What one command line asks for.</summary>
/// <param name="Palette">The palette.</param>
/// <param name="Command">The command.</param>
/// <param name="Request">The values by name.</param>
/// <param name="View">How to print.</param>
internal sealed record Call(PaletteSpec Palette, CommandSpec Command, CommandRequest Request, ViewOptions View)
{
    /// <summary>What the command reads: <c>-</c> for our standard input, otherwise a file; none: nothing.</summary>
    public string? Input => Command.Arguments.FirstOrDefault(argument => argument.IsFile) is { } file && Request.Arguments.TryGetValue(file.Name, out var named) ? named[0]
        : Command.InputSwitch is { } name && Request.Arguments.ContainsKey(name) ? "-"
        : null;
}

/// <summary>How the client prints.</summary>
internal sealed record ViewOptions(bool Json = false, string? Format = null, bool NoColor = false);

/// <summary>The words make no sense; its message is one line, and nothing was sent.</summary>
internal sealed class UsageError(string message) : Exception(message);

/// <summary>The parser of one command, built from its definition.</summary>
internal sealed class CommandLine
{
    private readonly PaletteSpec _palette;
    private readonly CommandSpec _spec;
    private readonly Command _command;
    private readonly Argument<string[]> _words = new("words") { Arity = ArgumentArity.ZeroOrMore };
    private readonly Dictionary<string, Option> _options;

    public CommandLine(PaletteSpec palette, CommandSpec spec)
    {
        _palette = palette;
        _spec = spec;
        _command = new Command(spec.Name) { _words };
        _options = spec.Options.Concat(ClientOptions.For(spec)).ToDictionary(o => o.Name, Build);
        foreach (var option in _options.Values) _command.Options.Add(option);
    }

    /// <summary>Parses the words after the command's name.</summary>
    /// <exception cref="UsageError">They make no sense.</exception>
    public Call? Parse(IReadOnlyList<string> words, ViewOptions view)
    {
        var result = _command.Parse([.. Tokens.Normalise(_spec, words)], new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.GetValue((Option<bool>)_options["help"])) return null;
        if (result.Errors is [var error, ..]) throw new UsageError(Lines.One(error.Message));

        var values = Positional(result.GetValue(_words) ?? []);
        foreach (var option in _spec.Options)
        {
            if (Given(result, option) is { Length: > 0 } given) values[option.Name] = given;
            else if (option.Mandatory) throw new UsageError($"option --{option.Name} must be given");
        }

        var shown = View(result, view);
        if (shown is { Json: true, Format: not null }) throw new UsageError("--json and --format exclude each other");
        return new(_palette, _spec, new(values.ToImmutable()), shown);
    }

    private static Option Build(OptionSpec spec)
    {
        string[] aliases = spec.Short is { } letter ? [$"-{letter}"] : [];
        if (spec.IsSwitch) return new Option<bool>($"--{spec.Name}", aliases) { Arity = ArgumentArity.Zero };
        return new Option<string[]>($"--{spec.Name}", aliases) { Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };
    }

    private ImmutableArray<string> Given(ParseResult result, OptionSpec spec)
    {
        if (_options[spec.Name] is Option<bool> flag) return result.GetValue(flag) ? ["true"] : [];
        var values = result.GetValue((Option<string[]>)_options[spec.Name]) ?? [];

        // As in Docker the last one counts where only one makes sense.
        return spec.Repeatable ? [.. values] : values is [.., var last] ? [last] : [];
    }

    private ViewOptions View(ParseResult result, ViewOptions view) => new(
        view.Json || result.GetValue((Option<bool>)_options["json"]),
        _options.TryGetValue("format", out var format) && result.GetValue((Option<string[]>)format) is [.., var last] ? last : view.Format,
        view.NoColor || result.GetValue((Option<bool>)_options["no-color"]));

    private ImmutableSortedDictionary<string, ImmutableArray<string>>.Builder Positional(string[] words)
    {
        var values = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        var least = _spec.Arguments.Sum(a => a.Least);
        var most = _spec.Arguments.Any(a => a.Repeatable) ? int.MaxValue : _spec.Arguments.Length;
        if (words.Length < least || words.Length > most) throw new UsageError(Count(least, most));
        for (var i = 0; i < _spec.Arguments.Length && i < words.Length; i++)
            values[_spec.Arguments[i].Name] = _spec.Arguments[i].Repeatable ? [.. words[i..]] : [words[i]];
        return values;
    }

    private string Count(int least, int most)
    {
        var wants = most == 0 ? "accepts no arguments"
            : least == most ? $"requires exactly {Plural(least)}"
            : most == int.MaxValue ? $"requires at least {Plural(least)}"
            : $"requires at most {Plural(most)}";
        return $"\"pbm {_palette.Name} {_spec.Name}\" {wants}; see 'pbm {_palette.Name} {_spec.Name} --help'";
    }

    private static string Plural(int count) => count == 1 ? "1 argument" : $"{count} arguments";
}
