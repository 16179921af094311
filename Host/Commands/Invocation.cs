using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace NetworkCluster.Commands;

/// <summary>One call of a command, checked against its definition: the other side may be any program, not only our client.</summary>
internal sealed class Invocation
{
    private readonly ImmutableSortedDictionary<string, ImmutableArray<string>> _values;

    private Invocation(CommandSpec spec, ImmutableSortedDictionary<string, ImmutableArray<string>> values, Stream? input, CancellationToken caller)
    {
        Spec = spec;
        _values = values;
        Input = input;
        Caller = caller;
    }

    /// <summary>The command's definition.</summary>
    public CommandSpec Spec { get; }

    /// <summary>The caller's standard input; none when the caller gave none.</summary>
    public Stream? Input { get; }

    /// <summary>Cancelled when the caller has gone away. What a handler is told to give up by is cancelled, too, when the host ends.</summary>
    public CancellationToken Caller { get; }

    /// <summary>Whether a switch was given.</summary>
    public bool Has(string name) => Values(name) is ["true"];

    /// <summary>The value of an argument or option that may be missing. The last one counts, as in Docker.</summary>
    public string? Value(string name) => Values(name) is [.., var last] ? last : null;

    /// <summary>The value of an argument that cannot be missing.</summary>
    public string Required(string name) => Value(name) ?? throw new UsageException($"{name} is missing");

    /// <summary>All values of an argument or option, in order; empty when it is missing.</summary>
    public ImmutableArray<string> Values(string name) => _values.TryGetValue(name, out var values) ? values : [];

    /// <summary>A value parsed by its type; none when it is missing.</summary>
    /// <exception cref="UsageException">The text does not parse.</exception>
    public T? Parsed<T>(string name) where T : struct, IParsable<T> =>
        Value(name) is not { } text ? null
        : T.TryParse(text, null, out var value) ? value
        : throw new UsageException($"invalid value '{text}' for --{name}");

    /// <summary>Checks a request against the definition.</summary>
    /// <returns>False with one line for people when a name is unknown, a value is missing or too many are given.</returns>
    public static bool TryCreate(
        CommandSpec spec, CommandRequest request, Stream? input, CancellationToken caller,
        [NotNullWhen(true)] out Invocation? invocation, [NotNullWhen(false)] out string? problem)
    {
        problem = request.Arguments.Select(pair => Unknown(spec, pair.Key, pair.Value)).FirstOrDefault(p => p is not null)
            ?? spec.Arguments.Select(a => Missing(a, request)).FirstOrDefault(p => p is not null)
            ?? spec.Options.Where(o => o.Mandatory && !request.Arguments.ContainsKey(o.Name)).Select(o => $"option --{o.Name} must be given").FirstOrDefault();
        invocation = problem is null ? new(spec, request.Arguments, input, caller) : null;
        return problem is null;
    }

    private static string? Unknown(CommandSpec spec, string name, ImmutableArray<string> values)
    {
        if (values.IsDefault) return $"{name} has no values";
        if (values.Contains(null!)) return $"{name} has a value that is null";
        if (spec.Arguments.FirstOrDefault(a => a.Name == name) is { } argument)
            return argument.CompletedBy is not null && values.Contains("") ? $"invalid name or ID supplied: \"\" ({name})" : argument.Repeatable || values.Length <= 1 ? null : $"{name} is given more than once";
        if (spec.Options.FirstOrDefault(o => o.Name == name) is not { } option) return $"unknown option: --{name}";
        if (option.IsSwitch && values is not ["true"]) return $"option --{name} takes no value";
        return option.Repeatable || values.Length <= 1 ? null : $"option --{name} is given more than once";
    }

    private static string? Missing(ArgumentSpec argument, CommandRequest request) =>
        argument.Least > 0 && (!request.Arguments.TryGetValue(argument.Name, out var values) || values.Length < argument.Least) ? $"{argument.Name} is missing" : null;
}

/// <summary>The words of a command make no sense; its message is one line for people. Nothing was sent to the cluster.</summary>
internal sealed class UsageException(string message) : Exception(message);
