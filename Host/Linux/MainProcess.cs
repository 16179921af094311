using System.Diagnostics;
using System.Globalization;
using NetworkCluster.Containers;

namespace NetworkCluster.Linux;

/// <summary>What a container's main command does.</summary>
internal abstract record MainProcessStatus
{
    /// <summary>Never started, or forgotten.</summary>
    public sealed record None : MainProcessStatus;

    /// <summary>It runs under this process id.</summary>
    public sealed record Running(int Pid) : MainProcessStatus;

    /// <summary>It ended by itself or by a signal (128 + signal).</summary>
    public sealed record Exited(int Code) : MainProcessStatus;

    /// <summary>It is gone, and nobody saw how: it was killed together with its watcher, or the machine was restarted.</summary>
    public sealed record Lost : MainProcessStatus;
}

/// <summary>
/// The main command of one container. It outlives the host's process: a small shell stands around it and writes its exit code into a file, and a
/// restarted host finds it by process id, start time and boot (a process id alone is used again by others).
/// </summary>
internal sealed class MainProcess(string folder)
{
    // Ends of the files appear by rename, so a reader never sees half of one. The trap keeps the watcher alive when a signal goes to the group.
    // What the shell itself says ("Terminated") is nobody's output.
    // An open input is a pipe that a sleeping process holds open, so that it does not end with whoever writes into it. It is there when both its ends are: nothing is lost that is written before
    // the command reads, and its end is not overlooked.
    private const string Watch = """
        exec >>"$1/log" 2>/dev/null </dev/null
        trap : HUP INT TERM
        folder=$1; open=$2; program=$3; shift 3
        case $program in
          */*) [ -e "$program" ] || exit 127; [ -x "$program" ] && [ ! -d "$program" ] || exit 126 ;;
          *) command -v "$program" >/dev/null || exit 127 ;;
        esac
        read -r boot </proc/sys/kernel/random/boot_id
        read -r stat </proc/$$/stat
        ticks=$(set -- ${stat##*) }; shift 19; printf %s "$1")
        printf '%s %s %s\n' "$$" "$ticks" "$boot" >"$folder/pid.new"
        /bin/mv "$folder/pid.new" "$folder/pid"
        if [ -n "$open" ]; then
          /usr/bin/mkfifo "$folder/stdin.new"
          /usr/bin/sleep infinity <>"$folder/stdin.new" & holder=$!
          exec 4<"$folder/stdin.new"
          printf '%s\n' "$holder" >"$folder/holder"
          /bin/mv "$folder/stdin.new" "$folder/stdin"
          (exec "$@" 2>&1 <&4 4<&-)
          code=$?
          kill "$holder"
        else
          (exec "$@" 2>&1)
          code=$?
        fi
        printf '%s\n' "$code" >"$folder/exit.new"
        /bin/mv "$folder/exit.new" "$folder/exit"
        """;

    private const int NotExecutable = 126, NotFound = 127, Killed = 128 + 9;

    private string PidFile => Path.Combine(folder, "pid");

    private string ExitFile => Path.Combine(folder, "exit");

    private string InputFile => Path.Combine(folder, "stdin");

    // There where the command has a terminal.
    private string TerminalFile => Path.Combine(folder, "terminal");

    private string HolderFile => Path.Combine(folder, "holder");

    /// <summary>Where its output goes.</summary>
    public string LogFile => Path.Combine(folder, "log");

    /// <summary>Starts it; returns when it is recorded. One that runs already is fine.</summary>
    /// <returns>Nothing when it runs; 127 when there is no such program, 126 when it cannot be run.</returns>
    /// <exception cref="InvalidOperationException">The watcher ended before it had recorded the command.</exception>
    public async Task<int?> StartAsync(string? netnsName, ExecRequest request, CancellationToken cancel)
    {
        if (Status is MainProcessStatus.Running) return null;
        Forget();
        Directory.CreateDirectory(folder);
        if (request.Terminal is not null) await File.WriteAllBytesAsync(TerminalFile, [], cancel);
        // A terminal has no end of input unless somebody types it.
        var open = request.Interactive || request.Terminal is not null;
        var start = SandboxLaunch.Of(netnsName, request, ["/bin/sh", "-c", Watch, "watch", folder, open ? "open" : "", request.Command[0]]);
        using var recorded = new FileSignal(folder);
        using var watcher = Process.Start(start)!;
        var ended = watcher.WaitForExitAsync(CancellationToken.None);
        while (!File.Exists(PidFile))
        {
            if (ended.IsCompleted && watcher.ExitCode is NotFound or NotExecutable) return watcher.ExitCode;
            if (ended.IsCompleted && !File.Exists(PidFile)) throw new InvalidOperationException($"the watcher of {folder} ended with code {watcher.ExitCode}");
            await Task.WhenAny(recorded.NextAsync(cancel), ended);
            cancel.ThrowIfCancellationRequested();
        }

        return null;
    }

    /// <summary>Which of its lives it has, or had last; none: it has not begun.</summary>
    public string? Life => Recorded()?.ToString();

    /// <summary>Whether no life has begun after one that is over.</summary>
    public bool IsStill(string? past) => past is not null && Life == past;

    /// <summary>What it does now.</summary>
    public MainProcessStatus Status
    {
        get
        {
            var recorded = Recorded();
            if (recorded is { } pid && IsAlive(pid)) return new MainProcessStatus.Running(pid.Pid);
            if (File.Exists(ExitFile) && int.TryParse(File.ReadAllText(ExitFile), CultureInfo.InvariantCulture, out var code)) return new MainProcessStatus.Exited(code);
            return recorded is null ? new MainProcessStatus.None() : new MainProcessStatus.Lost();
        }
    }

    /// <summary>Waits until it does not run.</summary>
    public async Task<MainProcessStatus> WaitAsync(CancellationToken cancel)
    {
        if (Status is not MainProcessStatus.Running running) return Status;
        try
        {
            using var process = Process.GetProcessById(running.Pid);
            await process.WaitForExitAsync(cancel);
        }
        catch (ArgumentException)
        {
            // It ended between the two looks.
        }

        return Status;
    }

    /// <summary>Asks it to end, waits, then kills it and everything it started. When it returns nothing of its group is alive.</summary>
    /// <param name="patience">How long it may take; zero kills at once.</param>
    /// <param name="signal">By which it is asked.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Gives up; the command may live on.</param>
    public async Task<MainProcessStatus> StopAsync(TimeSpan patience, int signal, TimeProvider time, CancellationToken cancel)
    {
        if (Status is not MainProcessStatus.Running running) return Status;
        if (patience > TimeSpan.Zero)
        {
            foreach (var command in Commands(running.Pid)) _ = ProcessGroup.Signal(command, signal);
            using var limit = new CancellationTokenSource(patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
            try
            {
                return await WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                // Out of patience.
            }
            finally
            {
                Kill(running.Pid);
            }
        }

        Kill(running.Pid);
        if (await WaitAsync(cancel) is not MainProcessStatus.Lost) return Status;
        // Who would have written its code is dead, too.
        var made = $"{ExitFile}.{Path.GetRandomFileName()}";
        await File.WriteAllTextAsync(made, $"{Killed}\n", cancel);
        File.Move(made, ExitFile, overwrite: true);
        return new MainProcessStatus.Exited(Killed);
    }

    /// <summary>Gives its terminal another size.</summary>
    /// <returns>Whether it has one, now.</returns>
    public bool Resize(TerminalSize size) => File.Exists(TerminalFile) && Recorded() is { } watcher && ProcessEntry.Children(watcher.Pid).Any(child => new CommandTerminal().HeldBy(child).Resize(size));

    // A command in a terminal has a group of its own.
    private void Kill(int watcher)
    {
        foreach (var command in Commands(watcher)) ProcessGroup.Kill(command);
        ProcessGroup.Kill(watcher);
    }

    /// <summary>The process id of the command itself; none: it does not run.</summary>
    public int? Pid => Status is MainProcessStatus.Running running ? Commands(running.Pid).Except([Holder ?? 0]).Select(command => (int?)command).FirstOrDefault() : null;

    /// <summary>Sends it a signal.</summary>
    /// <returns>Whether it runs.</returns>
    public bool Signal(int signal) => Pid is { } command && ProcessGroup.Signal(command, signal);

    // Holds an open input open.
    private int? Holder => File.Exists(HolderFile) && int.TryParse(File.ReadAllText(HolderFile), CultureInfo.InvariantCulture, out var holder) ? holder : null;

    // Who stands around a terminal's command has other ideas of a polite end.
    private IEnumerable<int> Commands(int watcher)
    {
        var children = ProcessEntry.Children(watcher);
        return File.Exists(TerminalFile) ? children.SelectMany(ProcessEntry.Children) : children;
    }

    /// <summary>Writes into its open input what is read from a stream, to the stream's end.</summary>
    /// <param name="input">Read to its end.</param>
    /// <param name="ends">Whether the command's input ends with it.</param>
    /// <param name="past">A life that is over: one that comes after it is meant.</param>
    /// <param name="cancel">Gives up; the input stays open.</param>
    /// <exception cref="FileNotFoundException">It has not begun.</exception>
    /// <exception cref="IOException">It runs no more, or has no open input.</exception>
    public async Task WriteInputAsync(Stream input, bool ends, string? past, CancellationToken cancel)
    {
        if (IsStill(past)) throw new FileNotFoundException("the command has not begun", InputFile);
        await using (var pipe = OpenInput()) await input.CopyToAsync(pipe, cancel);
        if (!ends || Recorded() is not { } watcher || Holder is not { } holder) return;
        if (ProcessEntry.Children(watcher.Pid).Contains(holder)) ProcessGroup.Terminate(holder);
    }

    // To open a pipe waits for its other end: we are that ourselves, for a moment. Without a reader after that a write fails.
    private FileStream OpenInput()
    {
        using var door = new FileStream(InputFile, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        return new(InputFile, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    }

    /// <summary>Forgets it and its output. It must not run.</summary>
    public void Forget()
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private readonly record struct Record(int Pid, string StartTicks, string Boot);

    private Record? Recorded() =>
        File.Exists(PidFile) && File.ReadAllText(PidFile).Split(' ', '\n') is [var pid, var ticks, var boot, ..] && int.TryParse(pid, CultureInfo.InvariantCulture, out var id)
            ? new Record(id, ticks, boot)
            : null;

    private static bool IsAlive(Record record)
    {
        try
        {
            if (File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() != record.Boot) return false;
            // A zombie has ended; only its parent has not looked yet.
            return ProcessEntry.Status(record.Pid) is [not ("Z" or "X"), ..] fields && fields[19] == record.StartTicks;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
