using System.Diagnostics;

namespace NetworkCluster.Linux;

/// <summary>
/// The chain of programs that puts a command into a sandbox. Every link execs the next, so the command has the process id that was started:
/// <c>env</c> (a host that a shell has put into the background ignores Ctrl-C, and its commands would, too), <c>setsid</c> (a session and process group of its own), <c>unshare --uts</c> with a shell that sets the host name, <c>ip netns exec</c> (which also lays
/// <c>/etc/netns/NAME/*</c> over <c>/etc</c>), and a shell that turns an unknown command into 127 as Docker does; last, where the command has a terminal, what makes that (<see cref="CommandTerminal"/>).
/// </summary>
internal static class SandboxLaunch
{
    // Only root may write there, whatever it lacks besides; who is not root has CAP_SYS_ADMIN for the system call.
    private const string SetHostname = """{ printf %s "$1" >/proc/sys/kernel/hostname; } 2>/dev/null || hostname "$1" && shift && exec "$@" """;
    private const string ShellVariable = "SHELL=";
    private const string Run = """exec "$@" """;

    /// <summary>What to start, with streams and environment not yet decided.</summary>
    /// <param name="netnsName">The name under <c>/run/netns</c>; none: the host's own namespace.</param>
    /// <param name="request">The command.</param>
    /// <param name="wrapper">Words that run the command and stay around it; none: nothing stays.</param>
    public static ProcessStartInfo Of(string? netnsName, ExecRequest request, IReadOnlyList<string>? wrapper = null)
    {
        if (request.Command.IsDefaultOrEmpty) throw new ArgumentException("a command has at least one word", nameof(request));
        var start = new ProcessStartInfo("/usr/bin/env") { UseShellExecute = false, WorkingDirectory = request.WorkingDirectory ?? "/" };
        var words = start.ArgumentList;
        foreach (var word in (string[])["--default-signal", "/usr/bin/setsid", .. wrapper ?? []]) words.Add(word);
        if (request.Hostname is { } hostname)
            foreach (var word in (string[])["/usr/bin/unshare", "--uts", "/bin/sh", "-c", SetHostname, "sh", hostname]) words.Add(word);
        if (netnsName is not null)
            foreach (var word in (string[])["/usr/sbin/ip", "netns", "exec", netnsName]) words.Add(word);
        foreach (var word in (string[])["/bin/sh", "-c", Run, "sh", .. request.Terminal?.Around(request.Command, Shell(request)) ?? request.Command]) words.Add(word);
        SetEnvironment(start, request);
        return start;
    }

    private static string? Shell(ExecRequest request) => request.Environment.LastOrDefault(variable => variable.StartsWith(ShellVariable, StringComparison.Ordinal))?[ShellVariable.Length..];

    /// <summary>The host process's secrets (database passwords) are not for the sandboxes.</summary>
    private static void SetEnvironment(ProcessStartInfo start, ExecRequest request)
    {
        foreach (var name in start.Environment.Keys.ToList())
            if (name is not ("PATH" or "HOME" or "LANG")) start.Environment.Remove(name);
        if (request.Terminal is not null) start.Environment["TERM"] = "xterm";
        start.Environment["HOSTNAME"] = request.Hostname ?? Environment.MachineName;
        foreach (var variable in request.Environment)
        {
            var equals = variable.IndexOf('=');
            if (equals > 0 && (request.Terminal is null || !variable.StartsWith(ShellVariable, StringComparison.Ordinal))) start.Environment[variable[..equals]] = variable[(equals + 1)..];
        }
    }
}
