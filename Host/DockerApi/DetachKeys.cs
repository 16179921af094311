using System.Collections.Immutable;
using NetworkCluster.Commands;

namespace NetworkCluster.DockerApi;

/// <summary>
/// What somebody types at a terminal, until the keys come by which he leaves it without ending anything; from then on nothing more comes, and no end either.
/// Keys that could be the first of them are held back until the next one. For one reader.
/// </summary>
/// <param name="typed">What is read.</param>
/// <param name="keys">The keys, as bytes.</param>
internal sealed class DetachKeys(Stream typed, ImmutableArray<byte> keys) : Stream
{
    /// <summary>Docker's, where a client names none: Ctrl-P and Ctrl-Q.</summary>
    private static readonly ImmutableArray<byte> Usual = [16, 17];

    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _piece = new byte[4096];
    private readonly Queue<byte> _ready = [];
    private int _held;
    private bool _typed;

    /// <summary>Done when they have been typed, and the reader has come back for more: what was typed before them is where it should be.</summary>
    public Task Left => _left.Task;

    /// <summary>Reads keys as clients name them: <c>ctrl-p,ctrl-q</c>, or single characters. Ctrl goes with a to z, @, [, \, ], ^ and _.</summary>
    /// <exception cref="UsageException">They are something else.</exception>
    public static ImmutableArray<byte> Parse(string? text)
    {
        if (text is not { Length: > 0 }) return Usual;
        return [.. text.Split(',').Select(key => key switch
        {
            [var one] when one < 128 => (byte)one,
            ['c', 't', 'r', 'l', '-', var letter and (>= 'a' and <= 'z')] => (byte)(letter - 'a' + 1),
            ['c', 't', 'r', 'l', '-', '@'] => (byte)0,
            ['c', 't', 'r', 'l', '-', var sign and (>= '[' and <= '_')] => (byte)(sign - '[' + 27),
            _ => throw new UsageException($"Invalid detach keys ({text}): '{key}' is neither a character nor ctrl- and one"),
        })];
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_ready.Count == 0)
        {
            if (_typed)
            {
                _left.TrySetResult();
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            var count = await typed.ReadAsync(_piece, cancellationToken);
            foreach (var key in _piece.AsSpan(0, count)) Take(key);
            if (count > 0) continue;
            // What was held back was no more than that.
            Release();
            if (_ready.Count == 0) return 0;
        }

        var copied = 0;
        while (copied < buffer.Length && _ready.TryDequeue(out var next)) buffer.Span[copied++] = next;
        return copied;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    private void Take(byte key)
    {
        if (_typed) return;
        if (key != keys[_held]) Release();
        if (key != keys[_held]) _ready.Enqueue(key);
        else _typed = ++_held == keys.Length;
    }

    private void Release()
    {
        for (var i = 0; i < _held; i++) _ready.Enqueue(keys[i]);
        _held = 0;
    }

    /// <inheritdoc/>
    public override bool CanRead => true;
    /// <inheritdoc/>
    public override bool CanSeek => false;
    /// <inheritdoc/>
    public override bool CanWrite => false;
    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();
    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException();
    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
