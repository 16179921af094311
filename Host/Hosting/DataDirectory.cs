using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Data.Sqlite;
using NetworkCluster.Agents;
using NetworkCluster.Configuration;
using NetworkCluster.Linux;

namespace NetworkCluster.Hosting;

/// <summary>
/// Where a host keeps what is its own, one process at a time. <c>host</c> says whose it is, and how far its journal has come: were that gone, or a part of it, the host would take living
/// containers for leftovers and remove them without a word.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    private const int Corrupt = 11, NotADatabase = 26, Busy = 5, Locked = 6, NotReadOrWritten = 10, Full = 13;
    private const string OfJournal = "journal.db";
    // Reading all of a larger one would be felt at each start.
    private const long CheckedBytes = 64 << 20;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly HostSettings _settings;
    private readonly DirectoryLock _lock;
    private readonly string _journal;
    private readonly Lock _gate = new();
    private SqliteConnection? _reader;
    private ITimer? _watch;
    private DateTime _seen;
    private long _last;

    private DataDirectory(HostSettings settings)
    {
        _settings = settings;
        _lock = DirectoryLock.OfData(settings.DataDirectory);
        _journal = Path.Combine(settings.DataDirectory, OfJournal);
    }

    /// <summary>The directory in it that has what containers write.</summary>
    public const string Containers = "containers";

    /// <summary>Whether there is no journal in it yet.</summary>
    public bool IsNew { get; private set; }

    private string Mark => Path.Combine(_settings.DataDirectory, "host");

    private string Log => $"{_journal}-wal";

    /// <summary>Takes it for this process.</summary>
    /// <exception cref="ConfigurationProblemException">Another process has it, it is another host's, or its journal is gone, damaged or cut off.</exception>
    public static DataDirectory Take(HostSettings settings)
    {
        var directory = new DataDirectory(settings);
        try
        {
            directory.RefuseForeign();
            if (!settings.Node.Clustered) directory.RefuseUnusable();
            return directory;
        }
        catch (Exception cause) when (cause is UnauthorizedAccessException or IOException)
        {
            directory.Dispose();
            throw new ConfigurationProblemException([$"the data directory {settings.DataDirectory} cannot be used: {cause.Message}"]);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>From here on its journal is there: how far it has come is noted each second, and whether its files stay.</summary>
    /// <param name="lost">Called when one has been taken away: what is written into it from then on is gone with this process.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ConfigurationProblemException">It cannot be noted: its disk is full, or it cannot be written.</exception>
    public void Keep(Action<string> lost, TimeProvider time)
    {
        try
        {
            Begin(lost, time);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new ConfigurationProblemException([$"the data directory {_settings.DataDirectory} cannot be written ({cause.Message.ReplaceLineEndings(" ").TrimEnd('.')}): the host would not know at its next start how far its journal had come. Make room on its disk, or make it writable, and start again; its containers live on"]);
        }
    }

    // Facts have what containers are started with, and files their output. A directory of ours is nobody else's; one that was there already may be anybody's to read.
    private void CloseToOthers()
    {
        if (OperatingSystem.IsWindows()) return;
        var containers = Path.Combine(_settings.DataDirectory, Containers);
        Directory.CreateDirectory(containers, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var path in (string[])[containers, _journal, Log, $"{_journal}-shm"])
        {
            if (!Path.Exists(path)) continue;
            var mode = File.GetUnixFileMode(path);
            var closed = mode & ~(UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute);
            if (closed != mode) File.SetUnixFileMode(path, closed);
        }
    }

    private void Begin(Action<string> lost, TimeProvider time)
    {
        CloseToOthers();
        if (_settings.Node.Clustered)
        {
            Write($"{_settings.Host}\n");
            return;
        }

        _reader = Open("Mode=ReadOnly;");
        // From the first question on the log is open, too: as long as it is, nobody of ours replaces it.
        _last = LastFact(_reader);
        Write(_last);
        var (journal, log) = (Look(_journal), Look(Log));
        _watch = time.CreateTimer(_ =>
        {
            if (IsWhole(journal, log)) return;
            _watch?.Dispose();
            lost($"{_journal} or {Log} was taken away or cut off while the host ran: what is written now would be lost, as is what was answered in the last second. The containers live on until the next start; put both back before it");
        }, null, LookEvery, LookEvery);
    }

    // One that is written to grows, or is written over; what was read is never gone again.
    private bool IsWhole((ulong Inode, long Length) journal, (ulong Inode, long Length) log)
    {
        lock (_gate)
        {
            if (_reader is null) return true;
            var (journalNow, logNow) = (Look(_journal), Look(Log));
            if (journalNow.Inode != journal.Inode || journalNow.Length < journal.Length || logNow.Inode != log.Inode) return false;
            var changed = File.GetLastWriteTimeUtc(Log);
            if (changed == _seen) return true;
            try
            {
                var last = LastFact(_reader);
                if (last < _last) return false;
                if (last > _last) Write(last);
                (_last, _seen) = (last, changed);
            }
            catch (SqliteException cause) when (cause.SqliteErrorCode is Corrupt or NotADatabase)
            {
                return false;
            }
            catch (Exception later) when (later is SqliteException or IOException or UnauthorizedAccessException)
            {
                // The next look sees it.
            }

            return true;
        }
    }

    // What is noted is on the disk: facts can be read only once they are.
    private void Write(long last) => Write(string.Create(CultureInfo.InvariantCulture, $"{_settings.Host}\n{OfJournal}\n{last}\n"));

    private static (ulong Inode, long Length) Look(string path)
    {
        try
        {
            return (NetworkNamespace.Inode(path), new FileInfo(path).Length);
        }
        catch (Exception gone) when (gone is DataplaneException or IOException)
        {
            return default;
        }
    }

    // As a whole or not at all.
    private void Write(string mark)
    {
        File.WriteAllText($"{Mark}.new", mark);
        File.Move($"{Mark}.new", Mark, overwrite: true);
    }

    private string[] Marks => File.Exists(Mark) ? File.ReadAllLines(Mark) : [];

    // A machine that was given another name would find nothing of what it had, without a word.
    private void RefuseForeign()
    {
        if (Directory.Exists(Mark)) Refuse($"the data directory {_settings.DataDirectory} cannot be used: {Mark} is a directory");
        if (Marks is [{ Length: > 0 } host, ..] && host.Trim() != _settings.Host.ToString())
            Refuse($"network-cluster.host-id: what is in {_settings.DataDirectory} is of host {host}, not {_settings.Host}: start it with --host-id {host}, or give this one another network-cluster.data-directory");
    }

    // SQLite would say so in every answer, for as long as everybody has patience.
    private void RefuseUnusable()
    {
        if (Directory.Exists(_journal)) Refuse($"{_journal} is not a journal: it is a directory");
        if (!File.Exists(_journal) && new FileInfo(_journal).LinkTarget is { } target) Refuse($"{_journal} leads to {target}, where there is nothing");
        var length = File.Exists(_journal) ? new FileInfo(_journal).Length : 0;
        if (length == 0)
        {
            IsNew = true;
            if (Marks is not [_, OfJournal, ..]) return;
            Refuse($"{_journal} is {(File.Exists(_journal) ? "empty" : "gone")}, and host {_settings.Host} had its networks and containers in it. {(File.Exists(Log) ? $"Keep {Log}, in which all of it may be. " : "")}Put it back from a backup; or take {Mark} away, and where containers of it live {Owner}, too: the host begins anew and removes them");
        }

        var header = new byte[32];
        using (var file = File.OpenRead(_journal)) file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (!header.AsSpan().StartsWith("SQLite format 3\0"u8)) Refuse($"{_journal} is not a journal: it is no SQLite database. Put it back from a backup, {BeginAnew}");
        // What the write-ahead log has is not in the file yet.
        var hasLog = File.Exists(Log) && new FileInfo(Log).Length > 0;
        var page = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(16)) is var size and not 1 ? size : 65536;
        var expected = (long)page * BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(28));
        if (length < expected && !hasLog) RefuseDamaged(string.Create(CultureInfo.InvariantCulture, $"it has {length} bytes of {expected}"));
        try
        {
            using var connection = Open("");
            if (length <= CheckedBytes && Ask(connection, "PRAGMA quick_check(1)") is string text and not "ok") RefuseDamaged(text.ReplaceLineEndings(" "));
            RefuseCutOff(LastFact(connection));
        }
        catch (SqliteException cause) when (cause.SqliteErrorCode is Corrupt or NotADatabase)
        {
            RefuseDamaged(Text(cause));
        }
        catch (SqliteException cause)
        {
            Refuse($"{_journal} {(cause.SqliteErrorCode is Busy or Locked ? "is in use by another program" : "cannot be opened")}: {Text(cause)}{(cause.SqliteErrorCode is NotReadOrWritten or Full ? ": is there room on its disk?" : "")}");
        }
    }

    private void RefuseCutOff(long last)
    {
        if (Marks is [_, OfJournal, var text, ..] && long.TryParse(text, CultureInfo.InvariantCulture, out var noted) && noted > last)
            Refuse($"{_journal} ends at fact {last}, and fact {noted} had been written: what came after it is missing{(File.Exists(Log) ? "" : $", perhaps with {Log}")}. Put it back; or take {Mark} away, and the host goes on with what is there and removes the containers that it then does not know");
    }

    private string Owner => StateDirectory.OwnerFile(_settings.Networking);

    // Without the second a host whose containers live is refused the next time.
    private string BeginAnew => $"or take it and {Mark} away, and where containers of it live {Owner}, too: the host begins anew and removes them";

    private void RefuseDamaged(string how) => Refuse($"{_journal} is damaged: {how}. Put it back from a backup, {BeginAnew}");

    private static void Refuse(string problem) => throw new ConfigurationProblemException([problem]);

    private static string Text(SqliteException cause) => cause.Message.ReplaceLineEndings(" ").TrimEnd('.');

    private SqliteConnection Open(string how)
    {
        var connection = new SqliteConnection($"Data Source={_journal};{how}Pooling=False;Default Timeout=2");
        connection.Open();
        return connection;
    }

    private static long LastFact(SqliteConnection connection) =>
        Ask(connection, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'journal'") is 1L && Ask(connection, "SELECT max(ordering) FROM journal") is long last ? last : 0;

    private static object? Ask(SqliteConnection connection, string question)
    {
        using var command = connection.CreateCommand();
        command.CommandText = question;
        return command.ExecuteScalar();
    }

    /// <summary>Gives it back.</summary>
    public void Dispose()
    {
        _watch?.Dispose();
        lock (_gate)
        {
            _reader?.Dispose();
            _reader = null;
        }

        _lock.Dispose();
    }
}
