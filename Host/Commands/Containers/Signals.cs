using System.Globalization;

namespace NetworkCluster.Commands.Containers;

/// <summary>Signals as Docker's clients name them: <c>HUP</c>, <c>SIGHUP</c>, <c>1</c>; the numbers are those of Linux on x86-64 and arm64 (signal(7)).</summary>
internal static class Signals
{
    /// <summary>The one that nobody survives.</summary>
    public const int Kill = 9;

    private const int Last = 64;

    private static readonly string[] Names =
    [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ",
        "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary>Whether it is one by which people end programs: HUP, INT, QUIT, TERM.</summary>
    public static bool AsksToEnd(int signal) => signal is 1 or 2 or 3 or 15;

    /// <summary>As Docker shows it: <c>SIGTERM</c>, or the number where it has no name.</summary>
    public static string Text(int signal) => signal >= 1 && signal <= Names.Length ? $"SIG{Names[signal - 1]}" : signal.ToString(CultureInfo.InvariantCulture);

    /// <summary>The signal's number; <see cref="Kill"/> where none is named.</summary>
    /// <exception cref="UsageException">There is no such signal.</exception>
    public static int Parse(string? text)
    {
        if (text is not { Length: > 0 }) return Kill;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= Last) return number;
        var name = text.ToUpperInvariant();
        var at = Array.IndexOf(Names, name.StartsWith("SIG", StringComparison.Ordinal) ? name[3..] : name);
        return at >= 0 ? at + 1 : throw new UsageException($"Invalid signal: {text}");
    }
}
