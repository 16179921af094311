using System.Text;
using System.Text.Json;

namespace NetworkCluster.Pbm;

/// <summary>
/// The part of Go's templates that people use with Docker: fields, <c>range</c>, <c>if</c>, <c>with</c>, variables, pipes, and the functions of <see cref="TemplateFunctions"/>.
/// What a field leads to that is not there is an error in the document itself, so that a slip of the finger is heard of, and <c>&lt;no value&gt;</c> in what is inside it.
/// </summary>
internal sealed class Template
{
    private readonly IReadOnlyList<TemplateNode> _nodes;

    /// <summary>Reads a template.</summary>
    /// <exception cref="UsageError">It cannot be read.</exception>
    public Template(string text) => _nodes = TemplateParser.Read(text);

    /// <summary>One object by the template.</summary>
    /// <exception cref="UsageError">It has no such field, or a function cannot take what it is given.</exception>
    public string Apply(JsonElement value)
    {
        var output = new StringBuilder();
        var dot = TemplateFunctions.Open(value);
        var scope = new Scope(null);
        scope.Declare("$", dot);
        Run(_nodes, dot, scope, output);
        return output.ToString();
    }

    private static void Run(IReadOnlyList<TemplateNode> nodes, object? dot, Scope scope, StringBuilder output)
    {
        foreach (var node in nodes)
        {
            switch (node)
            {
                case TextNode text: output.Append(text.Text); break;
                case PrintNode print: output.Append(TemplateFunctions.Text(Evaluate(print.Pipe, dot, scope))); break;
                case AssignNode { IsNew: true } assign: scope.Declare(assign.Variable, Evaluate(assign.Pipe, dot, scope)); break;
                case AssignNode assign: scope[assign.Variable] = Evaluate(assign.Pipe, dot, scope); break;
                case IfNode choice:
                    var holds = Evaluate(choice.Pipe, dot, scope);
                    var truth = TemplateFunctions.IsTrue(holds);
                    var inner = new Scope(scope);
                    if (choice.Variable is { } name) inner.Declare(name, holds);
                    Run(truth ? choice.Then : choice.Else, truth && choice.MovesDot ? holds : dot, inner, output);
                    break;
                case RangeNode range: Run(range, dot, scope, output); break;
            }
        }
    }

    private static void Run(RangeNode range, object? dot, Scope scope, StringBuilder output)
    {
        var empty = true;
        foreach (var (key, value) in TemplateFunctions.Each(Evaluate(range.Pipe, dot, scope)))
        {
            empty = false;
            var inner = new Scope(scope);
            if (range.Key is { } keyName) inner.Declare(keyName, key);
            if (range.Value is { } valueName) inner.Declare(valueName, value);
            Run(range.Body, value, inner, output);
        }

        if (empty) Run(range.Else, dot, new Scope(scope), output);
    }

    private static object? Evaluate(TemplatePipe pipe, object? dot, Scope scope)
    {
        object? result = null;
        for (var i = 0; i < pipe.Commands.Count; i++)
        {
            var (head, arguments) = pipe.Commands[i];
            var values = arguments.Select(argument => Value(argument, dot, scope)).ToList();
            if (i > 0) values.Add(result);
            result = head switch
            {
                FunctionOperand function => TemplateFunctions.Call(function.Name, values),
                _ when values.Count == 0 => Value(head, dot, scope),
                FieldOperand { Variable: null, Path: ["Label"] } when values is [string name] => TemplateFunctions.Label(dot, name),
                _ => throw new UsageError($"template: {head} takes no arguments"),
            };
        }

        return result;
    }

    private static object? Value(TemplateOperand operand, object? dot, Scope scope) => operand switch
    {
        ConstantOperand constant => constant.Value,
        FieldOperand { Variable: null } field => TemplateFunctions.Field(dot, field.Path, isWhole: ReferenceEquals(dot, scope["$"])),
        FieldOperand field => TemplateFunctions.Field(scope[field.Variable!], field.Path, isWhole: field.Variable == "$"),
        PipeOperand inner => TemplateFunctions.Field(Evaluate(inner.Pipe, dot, scope), inner.Path, isWhole: false),
        FunctionOperand function => TemplateFunctions.Call(function.Name, []),
        _ => throw new UsageError($"template: {operand} is no value"),
    };

    /// <summary>The variables of one block; those of the blocks around it can be seen and changed.</summary>
    private sealed class Scope(Scope? outer)
    {
        private readonly Dictionary<string, object?> _values = [];

        public object? this[string name]
        {
            get => Holder(name)._values[name];
            set => Holder(name)._values[name] = value;
        }

        public void Declare(string name, object? value) => _values[name] = value;

        private Scope Holder(string name) => _values.ContainsKey(name) ? this : outer is null ? throw new UsageError($"template: there is no variable {name}") : outer.Holder(name);
    }
}
