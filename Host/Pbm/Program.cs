using NetworkCluster.Commands;
using NetworkCluster.Pbm;

List<string> words;
(List<string> Before, string Command)? completing;
HostAddress address;
ClientCertificate? certificate;
try
{
    // What a shell asks: the line so far, to be completed, and how it is to ask that.
    if (args is ["--completion", ..])
    {
        Console.WriteLine(ShellCompletion.Script(args[1..]));
        return ExitCodes.Ok;
    }

    completing = args is ["--complete", var line] ? ShellCompletion.Split(line) : null;
    (address, var path, words) = Target.Of(completing?.Before ?? [.. args], Environment.GetEnvironmentVariable);
    certificate = path is null ? null : ClientCertificate.Read(path);
}
catch (UsageError wrong)
{
    await Console.Error.WriteLineAsync($"Error: {Lines.One(wrong.Message)}");
    return ExitCodes.Usage;
}

using var client = new PbmClient(address, certificate);
if (completing is { Command: var command })
{
    foreach (var candidate in (await new Completer(client).CompleteAsync(command)).Candidates) Console.WriteLine(candidate);
    return ExitCodes.Ok;
}

using var interrupts = new Interrupts();
var terminal = new SystemTerminal(words.Contains("--no-color"));
var session = new Session(client, terminal, Console.OpenStandardInput);
if (words is not []) return await session.RunAsync(words, interrupts.Next());

ILineSource lines = Console.IsInputRedirected ? new ScriptLines(Console.In) : new LineEditor(new Completer(client), $"{address}> ");
return await new Prompt(session, terminal, lines, interrupts).RunAsync();
