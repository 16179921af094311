using NetworkCluster.Commands;

namespace NetworkCluster.Pbm;

/// <summary>The client started bare: one command line after the other, until <c>exit</c> or the end of input.</summary>
internal sealed class Prompt(Session session, ITerminal terminal, ILineSource lines, Interrupts interrupts)
{
    /// <summary>Runs to the end.</summary>
    /// <returns>0 at a terminal; in a script the code of the line that failed.</returns>
    public async Task<int> RunAsync()
    {
        while (await lines.ReadAsync() is { } line)
        {
            var (code, ends) = await LineAsync(line);
            if (ends) return ExitCodes.Ok;
            if (code == ExitCodes.Ok || !lines.StopsAtFailure) continue;
            if (await RestAsync() is var rest and > 0) terminal.WriteError($"Notice: stopped at '{Lines.One(line)}': {(rest == 1 ? "1 line" : $"{rest} lines")} after it not carried out");
            return code;
        }

        return ExitCodes.Ok;
    }

    private async Task<int> RestAsync()
    {
        var count = 0;
        while (await lines.ReadAsync() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line)) count++;
        }

        return count;
    }

    private async Task<(int Code, bool Ends)> LineAsync(string line)
    {
        try
        {
            var words = ShellWords.Split(line);
            if (words is ["pbm", ..]) words.RemoveAt(0);
            if (words is []) return (ExitCodes.Ok, false);
            return words is ["exit" or "quit"] ? (ExitCodes.Ok, true) : (await session.RunAsync(words, interrupts.Next()), false);
        }
        catch (UsageError e)
        {
            terminal.WriteError($"Error: {Lines.One(e.Message)}");
            return (ExitCodes.Usage, false);
        }
    }
}
