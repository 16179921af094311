using System.Text;

namespace NetworkCluster.Linux.Netlink;

/// <summary>Walks the attributes of a message: <c>while (attributes.Next()) ...</c>. Cut-off ones end the walk.</summary>
/// <param name="bytes">What follows the message's fixed part.</param>
internal ref struct NetlinkAttributes(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>The attribute's type, its flags left out.</summary>
    public int Type { get; private set; }

    /// <summary>Its bytes.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Its bytes as a number in host byte order.</summary>
    public readonly int Number => BitConverter.ToInt32(Value);

    /// <summary>Its bytes as a text, without the NUL.</summary>
    public readonly string Text => Encoding.UTF8.GetString(Value.TrimEnd((byte)0));

    /// <summary>Goes on to the next of a type; false where there is none.</summary>
    public bool Seek(int type)
    {
        while (Next())
        {
            if (Type == type) return true;
        }

        return false;
    }

    /// <summary>Goes to the next one.</summary>
    public bool Next()
    {
        if (_rest.Length < 4) return false;
        var length = BitConverter.ToUInt16(_rest);
        if (length < 4 || length > _rest.Length) return false;
        Type = BitConverter.ToUInt16(_rest[2..]) & 0x3fff;
        Value = _rest[4..length];
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }
}
