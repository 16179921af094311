namespace NetworkCluster.Pbm;

/// <summary>The line being edited, as a value of text, cursor and history; no terminal in it.</summary>
internal sealed class LineBuffer(IReadOnlyList<string> history)
{
    private int _at = history.Count;
    private string _draft = "";

    /// <summary>The text.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Where the next character goes: 0 to the text's length.</summary>
    public int Cursor { get; private set; }

    /// <summary>The text before the cursor.</summary>
    public string BeforeCursor => Text[..Cursor];

    public void Insert(string text)
    {
        Text = Text.Insert(Cursor, text);
        Cursor += text.Length;
    }

    /// <summary>Puts other words in place of the last <paramref name="length"/> characters before the cursor.</summary>
    public void ReplaceBefore(int length, string text)
    {
        Text = Text.Remove(Cursor - length, length);
        Cursor -= length;
        Insert(text);
    }

    public void Backspace()
    {
        if (Cursor > 0) ReplaceBefore(1, "");
    }

    public void Delete()
    {
        if (Cursor < Text.Length) Text = Text.Remove(Cursor, 1);
    }

    /// <summary>Deletes the word before the cursor, as Ctrl-W does.</summary>
    public void DeleteWord()
    {
        var start = BeforeCursor.TrimEnd().LastIndexOf(' ') + 1;
        ReplaceBefore(Cursor - start, "");
    }

    public void DeleteToStart() => ReplaceBefore(Cursor, "");

    public void DeleteToEnd() => Text = BeforeCursor;

    public void Move(int by) => Cursor = Math.Clamp(Cursor + by, 0, Text.Length);

    public void Home() => Cursor = 0;

    public void End() => Cursor = Text.Length;

    /// <summary>Shows an older (-1) or newer (+1) line; the line that was begun comes back after the newest.</summary>
    public void Recall(int by)
    {
        var to = Math.Clamp(_at + by, 0, history.Count);
        if (to == _at) return;
        if (_at == history.Count) _draft = Text;
        _at = to;
        Text = to == history.Count ? _draft : history[to];
        Cursor = Text.Length;
    }
}
