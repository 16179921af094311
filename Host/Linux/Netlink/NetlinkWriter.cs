using System.Buffers.Binary;
using System.Text;
using NetworkCluster.Addressing;

namespace NetworkCluster.Linux.Netlink;

/// <summary>Builds netlink messages one behind the other in one buffer, so that one send carries them all. Host byte order, 4-byte alignment.</summary>
internal sealed class NetlinkWriter
{
    public const ushort Request = 1;
    public const ushort Ack = 4;
    public const ushort Replace = 0x100;
    public const ushort Exclusive = 0x200;
    public const ushort Create = 0x400;
    public const ushort Dump = 0x300;

    private byte[] _buffer = new byte[1024];
    private int _message = -1;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Messages begun.</summary>
    public int Count { get; private set; }

    /// <summary>All messages.</summary>
    public Span<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>Empties the buffer.</summary>
    public void Clear() => (Length, Count, _message) = (0, 0, -1);

    /// <summary>Begins a message; the one before it is complete. Its sequence number is put in when it is sent.</summary>
    public NetlinkWriter Begin(ushort type, ushort flags)
    {
        Close();
        _message = Length;
        Count++;
        var header = Grow(16);
        BitConverter.TryWriteBytes(header[4..], type);
        BitConverter.TryWriteBytes(header[6..], (ushort)(flags | Request));
        return this;
    }

    /// <summary>Completes the last message.</summary>
    public void Close()
    {
        if (_message >= 0) BitConverter.TryWriteBytes(_buffer.AsSpan(_message), Length - _message);
    }

    /// <summary>The fixed part that follows the header.</summary>
    public NetlinkWriter Fixed(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Grow(bytes.Length));
        return this;
    }

    /// <summary>An attribute.</summary>
    public NetlinkWriter Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        var target = Grow(4 + value.Length);
        BitConverter.TryWriteBytes(target, (ushort)(4 + value.Length));
        BitConverter.TryWriteBytes(target[2..], type);
        value.CopyTo(target[4..]);
        return this;
    }

    /// <summary>A number in host byte order.</summary>
    public NetlinkWriter Attribute(ushort type, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BitConverter.TryWriteBytes(bytes, value);
        return Attribute(type, bytes);
    }

    /// <summary>A number in network byte order, as nftables has them.</summary>
    public NetlinkWriter AttributeBigEndian(ushort type, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return Attribute(type, bytes);
    }

    /// <summary>A text that ends with NUL.</summary>
    public NetlinkWriter Attribute(ushort type, string value)
    {
        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(value.Length) + 1];
        var length = Encoding.UTF8.GetBytes(value, bytes);
        bytes[length] = 0;
        return Attribute(type, bytes[..(length + 1)]);
    }

    /// <summary>An address.</summary>
    public NetlinkWriter Attribute(ushort type, InetAddress value) => Attribute(type, value.ToBytes());

    /// <summary>Begins an attribute that holds attributes; give the result to <see cref="End"/>.</summary>
    public int Nest(ushort type)
    {
        var at = Length;
        Attribute(type, []);
        return at;
    }

    /// <summary>Ends what <see cref="Nest"/> began.</summary>
    public NetlinkWriter End(int nest)
    {
        BitConverter.TryWriteBytes(_buffer.AsSpan(nest), (ushort)(Length - nest));
        return this;
    }

    private Span<byte> Grow(int length)
    {
        var aligned = (length + 3) & ~3;
        if (Length + aligned > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + aligned));
        var target = _buffer.AsSpan(Length, aligned);
        target.Clear();
        Length += aligned;
        return target[..length];
    }
}
