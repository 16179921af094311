using System.Collections.Immutable;
using System.Text;
using NetworkCluster.Pbm;

namespace NetworkCluster.Tests.Host.Commands;

/// <summary>Keeps what would be printed into a pipe.</summary>
internal sealed class RecordingTerminal : ITerminal
{
    private readonly List<byte> _out = [];
    private readonly List<byte> _error = [];

    public CancellationToken Unread { get; init; }

    public string Output => Encoding.UTF8.GetString([.. _out]);

    public string Error => Encoding.UTF8.GetString([.. _error]);

    public void WriteLine(string line) => WriteBytes(Encoding.UTF8.GetBytes($"{line}\n"), isError: false);

    public void WriteError(string line) => WriteBytes(Encoding.UTF8.GetBytes($"{line}\n"), isError: true);

    public void WriteBytes(ReadOnlySpan<byte> bytes, bool isError) => (isError ? _error : _out).AddRange(bytes);

    public void Clear() => WriteLine("");

    public void WriteTable(ImmutableArray<string> titles, ImmutableArray<ImmutableArray<string>> rows) =>
        WriteBytes(Encoding.UTF8.GetBytes(PlainTable.Draw(titles, rows)), isError: false);
}
