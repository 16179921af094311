using NetworkCluster.Commands;
using NetworkCluster.Pbm;

// What a shell asks: the line so far, to be completed, and how it is to ask that.
if (args is ["--completion", "bash"])
{
    Console.WriteLine(ShellCompletion.Bash);
    return ExitCodes.Ok;
}

(List<string> Before, string Command)? completing = args is ["--complete", var line] ? ShellCompletion.Split(line) : null;
var words = completing?.Before ?? [.. args];
var address = HostAddress.Default;
if (words is [var first, ..] && HostAddress.TryParse(first, out var given))
{
    address = given;
    words.RemoveAt(0);
}
else if (words is [var wrong, ..] && wrong.Contains(':'))
{
    await Console.Error.WriteLineAsync($"Error: not host:port: {wrong}");
    return ExitCodes.Usage;
}
else if (Environment.GetEnvironmentVariable("PBM_HOST") is { Length: > 0 } configured && !HostAddress.TryParse(configured, out address))
{
    await Console.Error.WriteLineAsync($"Error: PBM_HOST is not host:port: {configured}");
    return ExitCodes.Usage;
}

var path = Environment.GetEnvironmentVariable("PBM_CERT_PATH");
if (words is ["--cert-path"])
{
    await Console.Error.WriteLineAsync("Error: --cert-path takes a directory with ca.pem, cert.pem and key.pem");
    return ExitCodes.Usage;
}

if (words is ["--cert-path", var directory, ..])
{
    path = directory;
    words.RemoveRange(0, 2);
}

ClientCertificate? certificate;
try
{
    certificate = path is { Length: > 0 } ? ClientCertificate.Read(path) : null;
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
