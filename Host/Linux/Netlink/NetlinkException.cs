namespace NetworkCluster.Linux.Netlink;

/// <summary>The kernel refused a message.</summary>
/// <param name="message">Which of the messages sent together, from 0.</param>
/// <param name="errno">The error.</param>
/// <param name="kernelText">The kernel's own words (extended ack), where it gives some.</param>
internal sealed class NetlinkException(int message, int errno, string? kernelText)
    : Exception(kernelText is null ? Native.Text(errno) : $"{Native.Text(errno)}: {kernelText}")
{
    public int MessageIndex { get; } = message;
    public int Errno { get; } = errno;
}
