using System.Collections;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace NetworkCluster.Hosting;

/// <summary>Log lines that are about one thing: the ids of it come along as properties, whatever the line's text says.</summary>
internal static class NodeLog
{
    /// <summary>The log of an actor that says such lines, under its class. Akka's own logger has no place for ids, and speaks on a thread of its own, where no trace is known.</summary>
    public static ILogger Of<TSpeaker>(ActorSystem system) =>
        system.Settings.Setup.Get<LoggerSetup>() is { HasValue: true, Value.Factory: var factory } ? factory.CreateLogger(Category(typeof(TSpeaker))) : NullLogger.Instance;

    /// <summary>Says a line about what a message is about.</summary>
    public static void Say(this ILogger log, LogLevel level, string text, IMessage? about, params (string Name, object? Value)[] more) => log.Say(level, text, about, null, more);

    /// <summary>Says a line about what a message is about, and what went wrong with it.</summary>
    public static void Say(this ILogger log, LogLevel level, string text, IMessage? about, Exception? cause, params (string Name, object? Value)[] more)
    {
        if (!log.IsEnabled(level)) return;
        var ids = about is null ? [] : MessageSubject.Of(about);
        log.Log(level, default, new Line(text, [.. ids, .. more.Select(one => new KeyValuePair<string, object?>(one.Name, one.Value))]), cause, (line, _) => line.ToString());
    }

    // Generic classes say their parameters behind a backtick.
    private static string Category(Type speaker) => $"{speaker.Namespace}.{speaker.Name.Split('`')[0]}";

    private sealed class Line(string text, IReadOnlyList<KeyValuePair<string, object?>> about) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public KeyValuePair<string, object?> this[int index] => about[index];

        public int Count => about.Count;

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => about.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        // Names in it may be somebody else's, and a log is read at a terminal.
        public override string ToString() => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? $"\\u{(int)c:x4}" : $"{c}")) : text;
    }
}
