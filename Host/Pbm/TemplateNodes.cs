namespace NetworkCluster.Pbm;

/// <summary>One part of a template.</summary>
internal abstract record TemplateNode;

/// <summary>Text, printed as it is.</summary>
internal sealed record TextNode(string Text) : TemplateNode;

/// <summary><c>{{pipe}}</c>.</summary>
internal sealed record PrintNode(TemplatePipe Pipe) : TemplateNode;

/// <summary><c>{{$name := pipe}}</c>, a new variable of its block, or <c>{{$name = pipe}}</c>.</summary>
internal sealed record AssignNode(string Variable, bool IsNew, TemplatePipe Pipe) : TemplateNode;

/// <summary><c>{{if pipe}}</c>, and <c>{{with pipe}}</c>, inside of which the dot is the pipe's value. Either may give the value a name: <c>{{with $name := pipe}}</c>.</summary>
internal sealed record IfNode(string? Variable, TemplatePipe Pipe, IReadOnlyList<TemplateNode> Then, IReadOnlyList<TemplateNode> Else, bool MovesDot) : TemplateNode;

/// <summary><c>{{range $key, $value := pipe}}</c>.</summary>
internal sealed record RangeNode(string? Key, string? Value, TemplatePipe Pipe, IReadOnlyList<TemplateNode> Body, IReadOnlyList<TemplateNode> Else) : TemplateNode;

/// <summary>Commands, the result of each the last argument of the next.</summary>
internal sealed record TemplatePipe(IReadOnlyList<(TemplateOperand Head, IReadOnlyList<TemplateOperand> Arguments)> Commands);

/// <summary>One word of a command.</summary>
internal abstract record TemplateOperand;

/// <summary>A text, a number, true, false or nil.</summary>
internal sealed record ConstantOperand(object? Value) : TemplateOperand;

/// <summary><c>.A.B</c>, or <c>$name.A.B</c>.</summary>
internal sealed record FieldOperand(string? Variable, IReadOnlyList<string> Path) : TemplateOperand
{
    public override string ToString() => $"{Variable}{(Path.Count == 0 && Variable is null ? "." : string.Concat(Path.Select(name => $".{name}")))}";
}

/// <summary><c>(pipe).A.B</c>.</summary>
internal sealed record PipeOperand(TemplatePipe Pipe, IReadOnlyList<string> Path) : TemplateOperand
{
    public override string ToString() => "(...)";
}

/// <summary>A function's name.</summary>
internal sealed record FunctionOperand(string Name) : TemplateOperand;
