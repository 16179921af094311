using System.Collections.Immutable;

namespace NetworkCluster.Commands;

/// <summary>A group of commands as data: what the client needs to parse, to help and to complete. Every part has its counterpart in Petabridge.Cmd's CommandPalette.</summary>
public sealed record PaletteSpec
{
    /// <summary>The word on the command line, for example <c>network</c>.</summary>
    public required string Name { get; init; }
    /// <summary>One line for the help.</summary>
    public required string Description { get; init; }
    /// <summary>The commands in the order the help shows them.</summary>
    public required ImmutableArray<CommandSpec> Commands { get; init; }
}

/// <summary>What a command answers with, so that the client knows whether <c>--format</c> makes sense.</summary>
public enum CommandOutput
{
    /// <summary>Lines of text, or a process's own bytes.</summary>
    Text,
    /// <summary>A table.</summary>
    Table,
    /// <summary>A JSON document.</summary>
    Document,
}

/// <summary>One command as data. Names of arguments and options share one name space: the request carries both by name.</summary>
public sealed record CommandSpec
{
    /// <summary>The word on the command line.</summary>
    public required string Name { get; init; }
    /// <summary>Other words for the same command.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];
    /// <summary>Whether it changes nothing and hands out no process, so that a reader may give it. Default: it takes an admin.</summary>
    public bool ReadsOnly { get; init; }
    /// <summary>One line for the help.</summary>
    public required string Description { get; init; }
    /// <summary>What else the operator must know; shown by the command's own help.</summary>
    public string? Details { get; init; }
    /// <summary>Positional arguments in order. Only the last may repeat.</summary>
    public ImmutableArray<ArgumentSpec> Arguments { get; init; } = [];
    /// <summary>Options in the order the help shows them.</summary>
    public ImmutableArray<OptionSpec> Options { get; init; } = [];
    /// <summary>Whole command lines, without <c>pbm</c>.</summary>
    public ImmutableArray<string> Examples { get; init; } = [];
    /// <summary>What the answer looks like.</summary>
    public CommandOutput Output { get; init; }
    /// <summary>Name of the switch that connects the client's standard input; none: the command reads no input.</summary>
    public string? InputSwitch { get; init; }

    /// <summary>Whether everything from the last argument on belongs to somebody else's command line and is passed as it is.</summary>
    public bool HasVerbatimTail => Arguments is [.., { Verbatim: true }];

    /// <summary>Whether the word names this command.</summary>
    public bool IsNamed(string word) => Name == word || Aliases.Contains(word);
}

/// <summary>A positional argument.</summary>
public sealed record ArgumentSpec
{
    /// <summary>The name in the request and, in capitals, in the help.</summary>
    public required string Name { get; init; }
    /// <summary>What it means.</summary>
    public required string Description { get; init; }
    /// <summary>How many must be given: 0 or 1.</summary>
    public int Least { get; init; } = 1;
    /// <summary>Whether any number may be given.</summary>
    public bool Repeatable { get; init; }
    /// <summary>Whether the words are passed as they are, options and all. Only on the last argument.</summary>
    public bool Verbatim { get; init; }
    /// <summary>Whether it names a file of the client's, <c>-</c> for its standard input: what is in it is the command's input. The host gets the name too, but opens nothing.</summary>
    public bool IsFile { get; init; }
    /// <summary>The palette whose objects complete this argument; none: no completion.</summary>
    public string? CompletedBy { get; init; }
}

/// <summary>An option. Without <see cref="ValueName"/> it is a switch, and its value in the request is <c>true</c>.</summary>
public sealed record OptionSpec
{
    /// <summary>The long name without dashes, also its name in the request.</summary>
    public required string Name { get; init; }
    /// <summary>The one-letter name; none: long only.</summary>
    public char? Short { get; init; }
    /// <summary>What the value is called in the help; none: a switch.</summary>
    public string? ValueName { get; init; }
    /// <summary>What it means, with unit and range where it has them.</summary>
    public required string Description { get; init; }
    /// <summary>Whether it may be given several times.</summary>
    public bool Repeatable { get; init; }
    /// <summary>Whether it must be given.</summary>
    public bool Mandatory { get; init; }
    /// <summary>What holds when it is missing, for the help; the handler is what applies it.</summary>
    public string? Default { get; init; }
    /// <summary>The palette whose objects complete the value; none: no completion.</summary>
    public string? CompletedBy { get; init; }
    /// <summary>The values that there are, for completion; empty: any. One that ends with <c>=</c> is only how it begins.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>Whether it has no value.</summary>
    public bool IsSwitch => ValueName is null;
}
