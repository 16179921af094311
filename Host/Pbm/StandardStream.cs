using System.Runtime.InteropServices;

namespace NetworkCluster.Pbm;

/// <summary>
/// The process's own output and error, written where the shell and its other programs write: a file that several share has one place for all of them, which streams of files
/// keep each for themselves. And not as the console's streams, which say nothing when the reader of a pipe has gone: a command without end would run on for nobody.
/// </summary>
internal static partial class StandardStream
{
    public const int Output = 1, Error = 2;

    private const int Interrupted = 4;

    private const short PollError = 8;

    /// <summary>Writes all of it.</summary>
    /// <exception cref="IOException">It cannot be written; its HResult is the kernel's error.</exception>
    public static void Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var written = Write(descriptor, bytes, bytes.Length);
            if (written >= 0)
            {
                bytes = bytes[(int)written..];
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted) throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
        }
    }

    /// <summary>Returns true when nobody reads a pipe any more, and false when that cannot be known; of a file it does not return.</summary>
    public static bool AwaitUnread(int descriptor)
    {
        var poll = new PollDescriptor { Descriptor = descriptor };
        while (Poll(ref poll, 1, -1) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted) return false;
        }

        return (poll.Returned & PollError) != 0;
    }

    private struct PollDescriptor
    {
        public int Descriptor;
        public short Asked;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Poll(ref PollDescriptor descriptors, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Write(int descriptor, ReadOnlySpan<byte> bytes, nint count);
}
