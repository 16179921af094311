using System.Numerics;

namespace NetworkCluster.Ipam;

/// <summary>
/// An exact set of offsets in a block of up to 2^128 addresses. A 64-ary tree of words in hash tables: a word is kept only while it is partly
/// taken; a full word is one bit in the word above it. So a full block costs nothing, a /8 with every second address taken about 12 MiB,
/// and a few addresses of a /64 a few words. Finding the lowest free offset costs a look-up per level: 3 in a /16, 11 in a /64, however full it is.
/// Mutable, not thread-safe: it lives inside one entity's state.
/// </summary>
public sealed class AddressSet
{
    private const int WordBits = 6;
    private readonly Dictionary<UInt128, ulong>[] _levels;
    private readonly UInt128 _last;

    /// <summary>An empty set.</summary>
    /// <param name="last">The last offset: the number of addresses minus one.</param>
    public AddressSet(UInt128 last)
    {
        _last = last;
        var bits = 128 - (int)UInt128.LeadingZeroCount(last);
        _levels = new Dictionary<UInt128, ulong>[Math.Max(1, (bits + WordBits - 1) / WordBits)];
        for (var level = 0; level < _levels.Length; level++) _levels[level] = [];
    }

    /// <summary>How many offsets are taken. Saturates at 2^128-1 in a full /0.</summary>
    public UInt128 Count { get; private set; }

    /// <summary>Words in memory, for measurements.</summary>
    public int Words => _levels.Sum(level => level.Count);

    /// <summary>Whether the offset is taken.</summary>
    public bool Contains(UInt128 offset) => IsSet(0, offset);

    /// <summary>Takes the offset; false where it was taken.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The offset lies behind the block.</exception>
    public bool Add(UInt128 offset)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, _last);
        if (IsSet(0, offset)) return false;
        Set(0, offset);
        Count++;
        return true;
    }

    /// <summary>Frees the offset; false where it was free.</summary>
    public bool Remove(UInt128 offset)
    {
        if (offset > _last || !IsSet(0, offset)) return false;
        Clear(0, offset);
        Count--;
        return true;
    }

    /// <summary>The lowest free offset from one to another, both included; none where all are taken.</summary>
    public UInt128? FirstFree(UInt128 from, UInt128 to)
    {
        if (to > _last) to = _last;
        return from <= to && NextClear(0, from) is { } free && free <= to ? free : null;
    }

    private bool IsSet(int level, UInt128 index)
    {
        for (; level < _levels.Length; level++, index >>= WordBits)
        {
            if (_levels[level].TryGetValue(index >> WordBits, out var word)) return (word >> (int)(index & 63) & 1) == 1;
        }

        return false;
    }

    private void Set(int level, UInt128 index)
    {
        var word = _levels[level].GetValueOrDefault(index >> WordBits) | 1UL << (int)(index & 63);
        if (word == ulong.MaxValue && level + 1 < _levels.Length)
        {
            _levels[level].Remove(index >> WordBits);
            Set(level + 1, index >> WordBits);
        }
        else
        {
            _levels[level][index >> WordBits] = word;
        }
    }

    private void Clear(int level, UInt128 index)
    {
        // An absent word that is set is a full one: open it again.
        if (!_levels[level].TryGetValue(index >> WordBits, out var word))
        {
            word = ulong.MaxValue;
            Clear(level + 1, index >> WordBits);
        }

        word &= ~(1UL << (int)(index & 63));
        if (word == 0) _levels[level].Remove(index >> WordBits);
        else _levels[level][index >> WordBits] = word;
    }

    private UInt128? NextClear(int level, UInt128 index)
    {
        var key = index >> WordBits;
        var isFull = level + 1 < _levels.Length && !_levels[level].ContainsKey(key) && IsSet(level + 1, key);
        if (!isFull)
        {
            var clear = ~_levels[level].GetValueOrDefault(key) & ulong.MaxValue << (int)(index & 63);
            if (clear != 0) return (key << WordBits) + (uint)BitOperations.TrailingZeroCount(clear);
        }

        if (level + 1 >= _levels.Length || key == UInt128.MaxValue >> WordBits || NextClear(level + 1, key + 1) is not { } next) return null;
        var first = ~_levels[level].GetValueOrDefault(next);
        return (next << WordBits) + (uint)BitOperations.TrailingZeroCount(first);
    }
}
