namespace NetworkCluster.Pbm;

/// <summary>Where the prompt's lines come from.</summary>
internal interface ILineSource
{
    /// <summary>The next line; none at the end.</summary>
    Task<string?> ReadAsync();

    /// <summary>Whether the first failing line ends the session, as it does in a script.</summary>
    bool StopsAtFailure { get; }
}

/// <summary>Lines of a script.</summary>
internal sealed class ScriptLines(TextReader reader) : ILineSource
{
    public Task<string?> ReadAsync() => reader.ReadLineAsync();

    public bool StopsAtFailure => true;
}
