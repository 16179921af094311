using System.Text;
using NetworkCluster.Commands;
using NetworkCluster.DockerApi;
using Xunit;

namespace NetworkCluster.Tests.Host.DockerApi;

public sealed class DetachKeysTests
{
    [Theory]
    [InlineData(null, new byte[] { 16, 17 })]
    [InlineData("", new byte[] { 16, 17 })]
    [InlineData("ctrl-a", new byte[] { 1 })]
    [InlineData("ctrl-@,ctrl-[,ctrl-_,x", new byte[] { 0, 27, 31, 120 })]
    public void Keys_are_read_as_clients_name_them(string? text, byte[] keys) => Assert.Equal(keys, DetachKeys.Parse(text));

    [Theory]
    [InlineData("ctrl-")]
    [InlineData("ctrl-1")]
    [InlineData("a,,b")]
    [InlineData("word")]
    [InlineData("ü")]
    public void What_is_no_key_is_refused_by_name(string text) => Assert.StartsWith($"Invalid detach keys ({text})", Assert.Throws<UsageException>(() => DetachKeys.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("abc", "abc", false)]
    [InlineData("a\u0010\u0011bc", "a", true)]
    [InlineData("\u0010x\u0010\u0010\u0011y", "\u0010x\u0010", true)]
    [InlineData("a\u0010", "a\u0010", false)]
    [InlineData("\u0011\u0011", "\u0011\u0011", false)]
    public async Task What_comes_before_them_passes_however_it_is_cut_and_what_comes_behind_does_not(string typed, string passed, bool left)
    {
        foreach (var size in new[] { 1, 2, 100 })
        {
            using var keys = new DetachKeys(new Cut(Encoding.Latin1.GetBytes(typed), size), DetachKeys.Parse(null));
            using var over = new CancellationTokenSource();
            var read = new List<byte>();
            var buffer = new byte[3];
            while (true)
            {
                var next = keys.ReadAsync(buffer, over.Token).AsTask();
                // Who has left types nothing more, and no end either.
                if (await Task.WhenAny(next, keys.Left) == keys.Left && !next.IsCompleted) break;
                var count = await next;
                if (count == 0) break;
                read.AddRange(buffer[..count]);
            }

            Assert.Equal((passed, left), (Encoding.Latin1.GetString([.. read]), keys.Left.IsCompleted));
            await over.CancelAsync();
        }
    }

    /// <summary>Comes in pieces.</summary>
    private sealed class Cut(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
