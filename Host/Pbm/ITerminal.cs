using System.Collections.Immutable;

namespace NetworkCluster.Pbm;

/// <summary>Where the client prints.</summary>
internal interface ITerminal
{
    /// <summary>Nobody has read standard output for a second: what only shows something may end.</summary>
    CancellationToken Unread { get; }

    /// <summary>One line for standard output.</summary>
    void WriteLine(string line);

    /// <summary>One line for standard error.</summary>
    void WriteError(string line);

    /// <summary>A process's own bytes, as they are.</summary>
    void WriteBytes(ReadOnlySpan<byte> bytes, bool isError);

    /// <summary>What follows takes the place of what was shown.</summary>
    void Clear();

    /// <summary>A table for standard output.</summary>
    void WriteTable(ImmutableArray<string> titles, ImmutableArray<ImmutableArray<string>> rows);
}
