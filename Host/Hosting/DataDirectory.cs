using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using NetworkCluster.Agents;
using NetworkCluster.Configuration;
using NetworkCluster.Linux;

namespace NetworkCluster.Hosting;

/// <summary>
/// Where a host keeps what is its own, one process at a time. <c>host</c> says whose it is, and that its journal is in it: were that gone, the host would begin anew and take every
/// living container for a leftover.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    // Reading all of a larger one would be felt at each start.
    private const long CheckedBytes = 64 << 20;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly HostSettings _settings;
    private readonly DirectoryLock _lock;
    private readonly string _journal;
    private ITimer? _watch;

    private DataDirectory(HostSettings settings)
    {
        _settings = settings;
        _lock = DirectoryLock.OfData(settings.DataDirectory);
        _journal = Path.Combine(settings.DataDirectory, "journal.db");
    }

    private string Mark => Path.Combine(_settings.DataDirectory, "host");

    /// <summary>Takes it for this process.</summary>
    /// <exception cref="ConfigurationProblemException">Another process has it, it is another host's, or its journal is gone or damaged.</exception>
    public static DataDirectory Take(HostSettings settings)
    {
        var directory = new DataDirectory(settings);
        try
        {
            directory.RefuseForeign();
            if (!settings.Node.Clustered) directory.RefuseUnusable();
            return directory;
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>From here on its journal is known to be there, and is watched.</summary>
    /// <param name="lost">Called when its file has been taken away: what is written into it from then on is gone with this process.</param>
    /// <param name="time">The clock.</param>
    public void Keep(Action<string> lost, TimeProvider time)
    {
        File.WriteAllText(Mark, _settings.Node.Clustered ? $"{_settings.Host}\n" : $"{_settings.Host}\njournal.db\n");
        if (_settings.Node.Clustered) return;
        var inode = NetworkNamespace.Inode(_journal);
        _watch = time.CreateTimer(_ =>
        {
            if (IsStill(inode)) return;
            _watch?.Dispose();
            lost($"{_journal} was taken away while the host ran: what is written now would be lost. The containers live on until the next start; put the journal back before it");
        }, null, LookEvery, LookEvery);
    }

    private bool IsStill(ulong inode)
    {
        try
        {
            return NetworkNamespace.Inode(_journal) == inode;
        }
        catch (DataplaneException)
        {
            return false;
        }
    }

    // A machine that was given another name would find nothing of what it had, without a word.
    private void RefuseForeign()
    {
        if (Whose() is { } host && host != _settings.Host.ToString())
            Refuse($"network-cluster.host-id: what is in {_settings.DataDirectory} is of host {host}, not {_settings.Host}: start it with --host-id {host}, or give this one another network-cluster.data-directory");
    }

    private string? Whose() => File.Exists(Mark) && File.ReadLines(Mark).FirstOrDefault()?.Trim() is { Length: > 0 } host ? host : null;

    // SQLite would say so in every answer, for as long as everybody has patience.
    private void RefuseUnusable()
    {
        if (Directory.Exists(_journal)) Refuse($"{_journal} is not a journal: it is a directory");
        var length = File.Exists(_journal) ? new FileInfo(_journal).Length : 0;
        if (length == 0)
        {
            if (!File.Exists(Mark) || !File.ReadLines(Mark).Contains("journal.db")) return;
            Refuse($"{_journal} is {(File.Exists(_journal) ? "empty" : "gone")}, and host {Whose()} had its networks and containers in it. Put it back from a backup; or take {Mark} away, and the host begins anew and removes what of its containers lives");
        }

        var header = new byte[32];
        using (var file = File.OpenRead(_journal)) file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (!header.AsSpan().StartsWith("SQLite format 3\0"u8)) Refuse($"{_journal} is not a journal: it is no SQLite database. Put it back from a backup, or take it and {Mark} away and begin anew");
        if (Damage(length, header) is { } damage) Refuse($"{_journal} is damaged: {damage}. Put it back from a backup, or take it and {Mark} away and begin anew");
    }

    private string? Damage(long length, byte[] header)
    {
        // What the write-ahead log has is not in the file yet.
        var hasLog = File.Exists($"{_journal}-wal") && new FileInfo($"{_journal}-wal").Length > 0;
        var page = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(16)) is var size and not 1 ? size : 65536;
        var expected = (long)page * BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(28));
        if (length < expected && !hasLog) return $"it has {length} bytes of {expected}";
        if (length > CheckedBytes) return null;
        try
        {
            using var connection = new SqliteConnection($"Data Source={_journal};Pooling=False");
            connection.Open();
            using var check = connection.CreateCommand();
            check.CommandText = "PRAGMA quick_check(1)";
            return check.ExecuteScalar() is string text and not "ok" ? text.ReplaceLineEndings(" ") : null;
        }
        catch (SqliteException cause)
        {
            return cause.Message.ReplaceLineEndings(" ").TrimEnd('.');
        }
    }

    private static void Refuse(string problem) => throw new ConfigurationProblemException([problem]);

    /// <summary>Gives it back.</summary>
    public void Dispose()
    {
        _watch?.Dispose();
        _lock.Dispose();
    }
}
