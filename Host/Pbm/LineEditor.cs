using System.Collections.Immutable;

namespace NetworkCluster.Pbm;

/// <summary>Reads lines from the terminal with editing, history and completion. It is small and ours because RadLine is bound to a Spectre.Console of other identity.</summary>
internal sealed class LineEditor(Completer completer, string prompt) : ILineSource
{
    private const int HistoryLength = 500;
    private readonly List<string> _history = [];

    public bool StopsAtFailure => false;

    public async Task<string?> ReadAsync()
    {
        Console.TreatControlCAsInput = true;
        try
        {
            var line = await EditAsync(new LineBuffer([.. _history]));
            if (!string.IsNullOrWhiteSpace(line) && (_history is [] || _history[^1] != line)) _history.Add(line);
            if (_history.Count > HistoryLength) _history.RemoveAt(0);
            return line;
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    private async Task<string?> EditAsync(LineBuffer line)
    {
        Draw(line);
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            var control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
            switch (key.Key)
            {
                case ConsoleKey.Enter: return End(line.Text);
                case ConsoleKey.C when control: return End("");
                case ConsoleKey.D when control && line.Text.Length == 0: return End(null);
                case ConsoleKey.Tab: await CompleteAsync(line); break;
                default: Edit(line, key, control); break;
            }

            Draw(line);
        }
    }

    private static void Edit(LineBuffer line, ConsoleKeyInfo key, bool control)
    {
        switch (key.Key)
        {
            case ConsoleKey.Backspace: line.Backspace(); break;
            case ConsoleKey.Delete or ConsoleKey.D when key.Key == ConsoleKey.Delete || control: line.Delete(); break;
            case ConsoleKey.LeftArrow: line.Move(-1); break;
            case ConsoleKey.RightArrow: line.Move(1); break;
            case ConsoleKey.UpArrow: line.Recall(-1); break;
            case ConsoleKey.DownArrow: line.Recall(1); break;
            case ConsoleKey.Home or ConsoleKey.A when key.Key == ConsoleKey.Home || control: line.Home(); break;
            case ConsoleKey.End or ConsoleKey.E when key.Key == ConsoleKey.End || control: line.End(); break;
            case ConsoleKey.U when control: line.DeleteToStart(); break;
            case ConsoleKey.K when control: line.DeleteToEnd(); break;
            case ConsoleKey.W when control: line.DeleteWord(); break;
            default:
                if (!control && !char.IsControl(key.KeyChar)) line.Insert(key.KeyChar.ToString());
                break;
        }
    }

    private async Task CompleteAsync(LineBuffer line)
    {
        var (length, candidates) = await completer.CompleteAsync(line.BeforeCursor);
        if (candidates is []) return;
        var common = Completer.CommonPrefix(candidates);
        if (candidates is [var only]) line.ReplaceBefore(length, Completer.IsBeginning(only) ? only : only + " ");
        else if (common.Length > length) line.ReplaceBefore(length, common);
        else List(candidates);
    }

    private static void List(ImmutableArray<string> candidates) => Console.Write($"\r\n{string.Join("  ", candidates)}\r\n");

    private static string? End(string? line)
    {
        Console.Write("\r\n");
        return line;
    }

    /// <summary>Draws the line again; a line longer than the terminal is shown around its cursor.</summary>
    private void Draw(LineBuffer line)
    {
        var room = Math.Max(8, (Console.WindowWidth is var width && width > 0 ? width : 80) - prompt.Length - 1);
        var start = Math.Max(0, line.Cursor - room);
        var shown = line.Text.Substring(start, Math.Min(room, line.Text.Length - start));
        Console.Write($"\r{prompt}{shown}\e[K\r\e[{prompt.Length + line.Cursor - start}C");
    }
}
