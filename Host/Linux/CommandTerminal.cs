using System.Collections.Immutable;
using System.Globalization;
using NetworkCluster.Containers;

namespace NetworkCluster.Linux;

/// <summary>
/// A command's own terminal. <c>script(1)</c> makes it, stands around the command, passes what is typed and shown on, and ends with the command's exit code; so it needs nothing of this process,
/// and the terminal of a container's main command outlives it. What is typed is echoed, lines end as terminals end them, and the end of the input is typed as Ctrl-D.
/// </summary>
/// <param name="initial">The size it begins with; none: it has none, which programs take for 80 by 24.</param>
public sealed class CommandTerminal(TerminalSize? initial = null)
{
    // The major number of the terminals' devices is 136; the minor number is around it (see new_encode_dev in the kernel).
    private const int MajorMask = 0xfff00, Major = 136 << 8, TerminalField = 4;

    private volatile int _holder;

    /// <summary>Words that run a command in it. They want no variable SHELL, by which <c>script</c> would take another shell than its own.</summary>
    /// <param name="command">The command.</param>
    /// <param name="shell">The variable SHELL that the command is to have.</param>
    internal IEnumerable<string> Around(ImmutableArray<string> command, string? shell)
    {
        var variable = shell is null ? "" : $"export SHELL={Quoted(shell)}; ";
        var size = initial is { } window ? string.Create(CultureInfo.InvariantCulture, $"/usr/bin/stty rows {window.Rows} cols {window.Columns}; ") : "";
        return ["/usr/bin/script", "-qef", "-E", "always", "-c", $"{size}{variable}exec {string.Join(' ', command.Select(Quoted))}", "/dev/null"];
    }

    /// <summary>Says who stands around the command.</summary>
    internal CommandTerminal HeldBy(int process)
    {
        _holder = process;
        return this;
    }

    /// <summary>Gives it another size; the command is told (SIGWINCH). Any thread.</summary>
    /// <returns>Whether there is one: not before the command begins, and not after its end.</returns>
    public bool Resize(TerminalSize size) => Device is { } device && Native.SetWindowSize(device, size.Rows, size.Columns);

    // The command may have other streams than its terminal: what counts is which one controls it.
    private string? Device
    {
        get
        {
            foreach (var command in _holder is > 0 and var holder ? ProcessEntry.Children(holder) : [])
            {
                if (ProcessEntry.Status(command) is { } status && int.Parse(status[TerminalField], CultureInfo.InvariantCulture) is var number && (number & MajorMask) == Major) return string.Create(CultureInfo.InvariantCulture, $"/dev/pts/{(number & 0xff) | ((number >> 12) & 0xfff00)}");
            }

            return null;
        }
    }

    private static string Quoted(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
