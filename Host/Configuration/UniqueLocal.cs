using System.Security.Cryptography;
using System.Text;
using NetworkCluster.Addressing;

namespace NetworkCluster.Configuration;

/// <summary>
/// This machine's own block of unique local addresses (RFC 4193): fd, and 40 bits that nobody else is likely to have, so that sites can be joined later. They come out of the
/// machine's id, and nobody can tell that id from them.
/// </summary>
internal static class UniqueLocal
{
    /// <summary>The bits of one site's block.</summary>
    public const int PrefixBits = 48;

    private const string MachineId = "/etc/machine-id";

    /// <summary>All there are.</summary>
    public static Subnet All { get; } = Subnet.Parse("fd00::/8");

    /// <summary>The block for one use of it.</summary>
    public static Subnet Of(string use) => Of(use, File.Exists(MachineId) && File.ReadAllText(MachineId).Trim() is { Length: > 0 } id ? id : Environment.MachineName);

    /// <summary>The block of a machine for one use of it.</summary>
    public static Subnet Of(string use, string machine)
    {
        Span<byte> address = stackalloc byte[16];
        address.Clear();
        address[0] = 0xfd;
        SHA256.HashData(Encoding.UTF8.GetBytes($"Akka.NetworkCluster {use} {machine}")).AsSpan(0, 5).CopyTo(address[1..]);
        return Subnet.Around(InetAddress.FromBytes(address), PrefixBits);
    }
}
