using CsCheck;
using NetworkCluster.Ipam;
using Xunit;

namespace NetworkCluster.Tests.Core.Ipam;

public sealed class AddressSetTests
{
    private static readonly UInt128 Last64 = ulong.MaxValue;

    private static readonly UInt128[] Ends = [0, 1, 3, 62, 63, 64, 127, 4095, 4096, (1 << 24) - 1, Last64, Last64 + 1, (UInt128.One << 127) - 1, UInt128.MaxValue];

    private static readonly Gen<UInt128> Sizes = Gen.Int[0, Ends.Length - 1].Select(at => Ends[at]);

    [Fact]
    public void It_is_a_set_of_offsets_that_knows_its_lowest_free_one() =>
        Gen.Select(Sizes, Gen.Int[0, 11].Array[1, 300], Gen.Int[0, 200].Array[300]).Sample((last, operations, numbers) =>
        {
            var set = new AddressSet(last);
            var model = new SortedSet<UInt128>();
            for (var i = 0; i < operations.Length; i++)
            {
                // Near the start, near the end, or near the middle: where words and levels meet.
                var offset = Offset(last, numbers[i], operations[i] % 4);
                if (operations[i] < 8) Assert.Equal(model.Add(offset), set.Add(offset));
                else Assert.Equal(model.Remove(offset), set.Remove(offset));
                Assert.Equal((UInt128)model.Count, set.Count);
                Assert.Equal(model.Contains(offset), set.Contains(offset));
                var to = last - offset < 250 ? last : offset + 250;
                Assert.Equal(LowestFree(model, offset, to), set.FirstFree(offset, to));
            }
        });

    [Fact]
    public void A_drained_block_costs_nothing_and_opens_again_where_one_is_given_back()
    {
        var set = new AddressSet(65535);
        for (UInt128 offset = 0; offset <= 65535; offset++) Assert.True(set.Add(offset));
        Assert.Null(set.FirstFree(0, 65535));
        Assert.Equal((UInt128)65536, set.Count);
        Assert.True(set.Words <= 16, $"{set.Words} words");
        Assert.True(set.Remove(40_000));
        Assert.Equal((UInt128)40_000, set.FirstFree(0, 65535)!.Value);
        Assert.Null(set.FirstFree(40_001, 65535));
        Assert.True(set.Add(40_000));
        Assert.Null(set.FirstFree(0, 65535));
    }

    [Fact]
    public void Ranges_at_the_edge_of_64_bits_have_their_addresses()
    {
        var set = new AddressSet((Last64 << 8) + 255);
        Assert.Equal(Last64 - 1, set.FirstFree(Last64 - 1, Last64)!.Value);
        Assert.True(set.Add(Last64 - 1));
        Assert.True(set.Add(Last64));
        Assert.Null(set.FirstFree(Last64 - 1, Last64));
        Assert.Equal(Last64 + 1, set.FirstFree(Last64 - 1, Last64 + 5)!.Value);
    }

    [Fact]
    public void An_offset_behind_the_block_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new AddressSet(255).Add(256));

    private static UInt128 Offset(UInt128 last, int number, int where)
    {
        UInt128 n = (uint)number;
        var offset = where switch { 0 or 1 => n, 2 => last >= n ? last - n : 0, _ => (last >> 1) + n };
        return offset > last ? last : offset;
    }

    private static UInt128? LowestFree(SortedSet<UInt128> model, UInt128 from, UInt128 to)
    {
        for (var offset = from; ; offset++)
        {
            if (!model.Contains(offset)) return offset;
            if (offset == to) return null;
        }
    }
}
