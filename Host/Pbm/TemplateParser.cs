using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace NetworkCluster.Pbm;

/// <summary>Reads templates: text, and actions between <c>{{</c> and <c>}}</c>; a dash beside the braces takes the white space on its side away.</summary>
internal sealed partial class TemplateParser
{
    // Deeper ones are nobody's, and would only exhaust the stack.
    private const int MostDepth = 64;

    private readonly Queue<(string Text, bool IsAction)> _parts;
    private Queue<string> _words = [];
    private string _action = "";
    private int _depth;

    private TemplateParser(IEnumerable<(string, bool)> parts) => _parts = new(parts);

    /// <summary>Reads a template.</summary>
    /// <exception cref="UsageError">It cannot be read.</exception>
    public static IReadOnlyList<TemplateNode> Read(string text)
    {
        var parser = new TemplateParser(Split(text));
        var nodes = parser.Block(out var end);
        return end is null ? nodes : throw new UsageError($"template: {{{{{end}}}}} without a beginning");
    }

    [GeneratedRegex("""\G\s*(?:("(?:\\.|[^"\\])*")|(`[^`]*`)|(:?=|[|(,])|(\)(?:\.[^\s()|,"`]+)?)|(\$\w*(?:\.[^\s()|,"`]+)?)|(-?\d[\w.]*)|(\.[^\s()|,"`]*)|(\w+))""")]
    private static partial Regex Word { get; }

    private static List<(string, bool)> Split(string text)
    {
        var parts = new List<(string, bool)>();
        var trims = false;
        while (text.IndexOf("{{", StringComparison.Ordinal) is var open && open >= 0)
        {
            var close = text.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0) throw new UsageError($"template: '{{{{' without '}}}}' in {text}");
            var (before, action) = (text[..open], text[(open + 2)..close]);
            if (trims) before = before.TrimStart();
            if (action.StartsWith("- ", StringComparison.Ordinal)) (before, action) = (before.TrimEnd(), action[2..]);
            trims = action.EndsWith(" -", StringComparison.Ordinal);
            if (trims) action = action[..^2];
            if (before.Length > 0) parts.Add((Unescaped(before), false));
            parts.Add((action.Trim(), true));
            text = text[(close + 2)..];
        }

        if (trims) text = text.TrimStart();
        if (text.Length > 0) parts.Add((Unescaped(text), false));
        return parts;

        static string Unescaped(string text) => text.Replace("\\t", "\t", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal);
    }

    // All up to what ends the block: {{end}}, {{else}}, or the template's end, which is none.
    private List<TemplateNode> Block(out string? end)
    {
        if (++_depth > MostDepth) throw new UsageError($"template: more than {MostDepth} blocks in each other");
        var nodes = new List<TemplateNode>();
        end = null;
        while (_parts.TryDequeue(out var part))
        {
            if (!part.IsAction)
            {
                nodes.Add(new TextNode(part.Text));
                continue;
            }

            if (part.Text.StartsWith("/*", StringComparison.Ordinal) && part.Text.EndsWith("*/", StringComparison.Ordinal)) continue;
            Begin(part.Text);
            if (_words.Count == 0) throw Unread("it is empty");
            if (_words.Peek() is "end" or "else")
            {
                end = part.Text;
                break;
            }

            nodes.Add(Action());
        }

        _depth--;
        return nodes;
    }

    private TemplateNode Action()
    {
        switch (_words.Peek())
        {
            case "range": return Range();
            case "if" or "with": return Choice(_words.Dequeue());
        }

        return Assigned(":=") is { } made ? new AssignNode(made, IsNew: true, WholePipe())
            : Assigned("=") is { } changed ? new AssignNode(changed, IsNew: false, WholePipe())
            : new PrintNode(WholePipe());
    }

    private RangeNode Range()
    {
        _words.Dequeue();
        string? key = null, value = null;
        if (_words.Contains(":="))
        {
            value = Variable();
            if (_words.Peek() == ",")
            {
                _words.Dequeue();
                (key, value) = (value, Variable());
            }

            if (_words.Dequeue() != ":=") throw Unread("':=' is wanted after the variables");
        }

        var pipe = WholePipe();
        var body = Block(out var end);
        var otherwise = end == "else" ? Block(out end) : [];
        return end == "end" ? new(key, value, pipe, body, otherwise) : throw new UsageError("template: {{range}} without {{end}}");
    }

    private IfNode Choice(string kind)
    {
        var variable = Assigned(":=");
        var pipe = WholePipe();
        var then = Block(out var end);
        List<TemplateNode> otherwise = [];
        if (end == "else") otherwise = Block(out end);
        else if (end is not null && end.StartsWith($"else {kind} ", StringComparison.Ordinal))
        {
            // The inner one takes the {{end}} of both.
            _words.Dequeue();
            otherwise = [Choice(_words.Dequeue())];
            end = "end";
        }

        return end == "end" ? new(variable, pipe, then, otherwise, MovesDot: kind == "with") : throw new UsageError($"template: {{{{{kind}}}}} without {{{{end}}}}");
    }

    private TemplatePipe WholePipe()
    {
        var pipe = Pipe();
        return _words.Count == 0 ? pipe : throw Unread($"'{_words.Peek()}' is not understood there");
    }

    private TemplatePipe Pipe()
    {
        var commands = new List<(TemplateOperand, IReadOnlyList<TemplateOperand>)>();
        do
        {
            var head = Operand();
            var arguments = new List<TemplateOperand>();
            while (_words.TryPeek(out var next) && next[0] is not ('|' or ')')) arguments.Add(Operand());
            commands.Add((head, arguments));
        }
        while (_words.TryPeek(out var bar) && bar == "|" && _words.Dequeue() == "|");
        return new(commands);
    }

    private TemplateOperand Operand()
    {
        if (!_words.TryDequeue(out var word)) throw Unread("something is missing");
        switch (word[0])
        {
            case '(':
                if (++_depth > MostDepth) throw new UsageError($"template: more than {MostDepth} parentheses in each other");
                var inner = Pipe();
                if (!_words.TryDequeue(out var close) || close[0] != ')') throw Unread("')' is missing");
                _depth--;
                return new PipeOperand(inner, Names(close[1..]));
            case '.': return new FieldOperand(null, Names(word));
            case '$': return new FieldOperand(word.Split('.')[0], Names(word[word.Split('.')[0].Length..]));
            case '"': return new ConstantOperand(Unquoted(word));
            case '`': return new ConstantOperand(word[1..^1]);
        }

        if (long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return new ConstantOperand(whole);
        if (double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && !char.IsLetter(word[0])) return new ConstantOperand(number);
        return word switch
        {
            "true" => new ConstantOperand(true),
            "false" => new ConstantOperand(false),
            "nil" => new ConstantOperand(null),
            _ when TemplateFunctions.IsKnown(word) => new FunctionOperand(word),
            _ => throw Unread($"there is no function '{word}'; there are {string.Join(", ", TemplateFunctions.Names)}"),
        };
    }

    /// <summary>The variable that the rest of the action is given to; none where it is not.</summary>
    private string? Assigned(string sign)
    {
        if (!_words.TryPeek(out var name) || !IsVariable(name) || _words.ElementAtOrDefault(1) != sign) return null;
        _words.Dequeue();
        _words.Dequeue();
        return name;
    }

    private string Variable() => _words.TryDequeue(out var word) && IsVariable(word) ? word : throw Unread("a variable is wanted");

    private static bool IsVariable(string word) => word.Length > 1 && word[0] == '$' && !word.Contains('.');

    private static string[] Names(string path) => path.Split('.', StringSplitOptions.RemoveEmptyEntries);

    private string Unquoted(string word)
    {
        try
        {
            using var text = JsonDocument.Parse(word);
            return text.RootElement.GetString()!;
        }
        catch (JsonException)
        {
            throw Unread($"{word} is no text");
        }
    }

    private void Begin(string action)
    {
        (_action, _words) = (action, []);
        var at = 0;
        while (at < action.Length)
        {
            var match = Word.Match(action, at);
            if (!match.Success) throw Unread($"'{action[at..].Trim()}' is not understood");
            _words.Enqueue(match.Value.Trim());
            at = match.Index + match.Length;
        }
    }

    private UsageError Unread(string why) => new($"template: {{{{{_action}}}}}: {why}");
}
