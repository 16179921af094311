using System.Collections.Immutable;
using NetworkCluster.Commands;

namespace NetworkCluster.Pbm;

/// <summary>Carries out command lines against one host.</summary>
internal sealed class Session(PbmClient client, ITerminal terminal, Func<Stream> input)
{
    /// <summary>Carries out one command line; every failure is one line on standard error.</summary>
    /// <returns>The exit code, see <see cref="ExitCodes"/>.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> words, CancellationToken cancel)
    {
        try
        {
            // The one question that needs no host.
            if (words is ["--version"]) return Print($"pbm {typeof(Session).Assembly.GetName().Version?.ToString(3)}");
            var (view, rest) = GlobalOptions.Split(words);
            return await DispatchAsync(view, rest, await client.PalettesAsync(cancel), cancel);
        }
        catch (UsageError e)
        {
            terminal.WriteError($"Error: {Lines.One(e.Message)}");
            return ExitCodes.Usage;
        }
        catch (ForbiddenException e)
        {
            terminal.WriteError($"Error: {Lines.One(e.Message)}");
            return ExitCodes.Refused;
        }
        catch (UnreachableException e)
        {
            terminal.WriteError($"Error: {Lines.One(e.Message)}");
            return ExitCodes.Unreachable;
        }
        catch (OutputLostException e) when (e.NobodyReads)
        {
            return ExitCodes.OutputClosed;
        }
        catch (OutputLostException e)
        {
            terminal.WriteError($"Error: the output cannot be written: {Lines.One(e.Message)}");
            return ExitCodes.Refused;
        }
        catch (OperationCanceledException) when (terminal.Unread.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            return ExitCodes.OutputClosed;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
    }

    private async Task<int> DispatchAsync(ViewOptions view, IReadOnlyList<string> rest, ImmutableArray<PaletteSpec> palettes, CancellationToken cancel)
    {
        if (rest is [] or ["--help" or "-h" or "help"]) return Print(Help.Root(palettes));
        if (rest[0] == "help") rest = [.. rest.Skip(1), "--help"];
        var palette = palettes.FirstOrDefault(p => p.Name == rest[0])
            ?? throw new UsageError($"unknown palette: {rest[0]}{Suggestion.For(rest[0], palettes.Select(p => p.Name))}");
        if (rest is [_] or [_, "--help" or "-h" or "help"]) return Print(Help.Of(palette));
        var command = palette.Commands.FirstOrDefault(c => c.IsNamed(rest[1]))
            ?? throw new UsageError($"unknown command: {palette.Name} {rest[1]}{Suggestion.For(rest[1], palette.Commands.Select(c => c.Name))}");
        if (new CommandLine(palette, command).Parse([.. rest.Skip(2)], view) is not { } call) return Print(Help.Of(palette, command));
        var printer = new FramePrinter(terminal, call.View);
        // What changes something is not given up in the middle for it.
        using var read = CancellationTokenSource.CreateLinkedTokenSource(cancel, command.ReadsOnly ? terminal.Unread : CancellationToken.None);
        if (call.Input is not { } source) return await printer.PrintAsync(client.RunAsync(call, null, read.Token));
        // Before anything is sent: a name that is wrong is a command line that is wrong.
        await using var opened = source == "-" ? input() : Open(source);
        return await printer.PrintAsync(client.RunAsync(call, opened, read.Token));
    }

    private static FileStream Open(string path)
    {
        // Which the system says as if it were a question of rights.
        if (Directory.Exists(path)) throw new UsageError($"{path} cannot be read: it is a directory");
        try
        {
            return new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, useAsync: true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageError($"{path} cannot be read: {cause.Message}");
        }
    }

    private int Print(string help)
    {
        terminal.WriteLine(help.TrimEnd('\n'));
        return ExitCodes.Ok;
    }
}
