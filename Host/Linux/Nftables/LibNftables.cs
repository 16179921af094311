using System.Runtime.InteropServices;
using NetworkCluster.Agents;

namespace NetworkCluster.Linux.Nftables;

/// <summary>
/// Runs nftables scripts in this process through libnftables: for the whole table only, elements go the short way (see <see cref="NftElements"/>).
/// One context is not for several threads: a lock.
/// </summary>
internal sealed partial class LibNftables : IDisposable
{
    /// <summary>The library.</summary>
    public const string Name = "libnftables.so.1";

    private readonly Lock _gate = new();
    private nint _context;

    /// <summary>Runs a script as one transaction: all of it or nothing.</summary>
    /// <exception cref="DataplaneException">The library is missing, or the kernel or the library refuses.</exception>
    public void Run(string operation, string script)
    {
        lock (_gate)
        {
            try
            {
                if (_context == 0) _context = Open(operation);
                if (RunCommands(_context, script) == 0) return;
                throw new DataplaneException(operation, Marshal.PtrToStringUTF8(GetErrors(_context))?.Trim() is { Length: > 0 } text ? text : "refused");
            }
            catch (DllNotFoundException missing)
            {
                throw new DataplaneException(operation, $"{Name} is not installed", missing);
            }
        }
    }

    /// <summary>Whether the library can be loaded.</summary>
    public static bool IsInstalled
    {
        get
        {
            if (!NativeLibrary.TryLoad(Name, out var library)) return false;
            NativeLibrary.Free(library);
            return true;
        }
    }

    private static nint Open(string operation)
    {
        var context = New(0);
        // Its socket would be in the hands of every command that is started from here on.
        Native.CloseOnExec();
        if (context == 0) throw new DataplaneException(operation, "libnftables gives no context");
        // Without buffers it writes to this process's own output.
        if (BufferOutput(context) != 0 || BufferErrors(context) != 0) throw new DataplaneException(operation, "libnftables gives no buffers");
        return context;
    }

    /// <summary>Frees the context.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_context != 0) Free(_context);
            _context = 0;
        }
    }

    [LibraryImport(Name, EntryPoint = "nft_ctx_new")]
    private static partial nint New(uint flags);

    [LibraryImport(Name, EntryPoint = "nft_ctx_free")]
    private static partial void Free(nint context);

    [LibraryImport(Name, EntryPoint = "nft_ctx_buffer_output")]
    private static partial int BufferOutput(nint context);

    [LibraryImport(Name, EntryPoint = "nft_ctx_buffer_error")]
    private static partial int BufferErrors(nint context);

    [LibraryImport(Name, EntryPoint = "nft_ctx_get_error_buffer")]
    private static partial nint GetErrors(nint context);

    [LibraryImport(Name, EntryPoint = "nft_run_cmd_from_buffer", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RunCommands(nint context, string commands);
}
