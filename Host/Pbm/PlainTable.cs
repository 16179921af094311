using System.Collections.Immutable;
using System.Text;

namespace NetworkCluster.Pbm;

/// <summary>A table without lines, in Docker's form: columns three blanks apart and no narrower than ten, the last one not padded.</summary>
internal static class PlainTable
{
    private const int Gap = 3;
    private const int Narrowest = 10;

    public static string Draw(ImmutableArray<string> titles, ImmutableArray<ImmutableArray<string>> rows)
    {
        var text = new StringBuilder();
        var widths = titles.Select((title, i) => rows.Select(row => row[i].Length).Append(title.Length).Append(Narrowest - Gap).Max()).ToArray();

        // A single column (-q) is a list for scripts: no heading.
        if (titles.Length > 1) Line(text, titles, widths);
        foreach (var row in rows) Line(text, row, widths);
        return text.ToString();
    }

    private static void Line(StringBuilder text, ImmutableArray<string> cells, int[] widths)
    {
        for (var i = 0; i < cells.Length - 1; i++) text.Append(cells[i].PadRight(widths[i] + Gap));
        text.Append(cells[^1]).Append('\n');
    }
}
