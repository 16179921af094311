using System.Globalization;

namespace NetworkCluster.Bench;

/// <summary>How much processor time processes have had, to be told as a difference.</summary>
internal static class ProcessorTime
{
    private const double TicksASecond = 100;

    /// <summary>Of these processes, in seconds.</summary>
    public static double Of(IEnumerable<int> processes) => processes.Sum(process => OfOne(process, ended: false));

    /// <summary>Of a process with all its children, those that have ended, too, in seconds.</summary>
    public static double OfTree(int process) => OfOne(process, ended: true) + Children(process).Sum(child => OfOne(child, ended: false));

    private static IEnumerable<int> Children(int process) =>
        File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(child => int.Parse(child, CultureInfo.InvariantCulture));

    // proc(5): utime and stime are the 14th and 15th field, those of children that have ended come after them; the name before them may hold anything.
    private static double OfOne(int process, bool ended)
    {
        try
        {
            var fields = File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ');
            return fields[11..(ended ? 15 : 13)].Sum(ticks => double.Parse(ticks, CultureInfo.InvariantCulture)) / TicksASecond;
        }
        catch (IOException)
        {
            // It has ended.
            return 0;
        }
    }
}
