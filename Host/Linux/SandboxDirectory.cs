using System.Collections.Immutable;
using System.Text;
using NetworkCluster.Agents;
using NetworkCluster.Containers;
using NetworkCluster.Dataplane;

namespace NetworkCluster.Linux;

/// <summary>
/// The names and files of sandboxes. Which container one is for stands in a file of the state directory that is written before the namespace is made: a
/// living namespace of ours always has it. Reading it costs microseconds where asking the namespace would cost a socket inside.
/// </summary>
internal sealed class SandboxDirectory(HostNetworkingOptions options, Naming naming)
{
    private readonly string _ids = Path.Combine(options.StateDirectoryOrDefault, "sandboxes"), _onHost = Path.Combine(options.StateDirectoryOrDefault, "on-host");

    /// <summary>Whether a namespace of one of ours lives.</summary>
    public static bool AnyLives(HostNetworkingOptions options) => Directory.Exists(options.NetnsDirectory)
        && Directory.EnumerateFileSystemEntries(options.NetnsDirectory).Any(path => options.Naming.IsSandbox(Path.GetFileName(path)) && NetworkNamespace.IsAlive(path));

    /// <summary>Where the namespace is.</summary>
    public string PathOf(string sandbox) => Path.Combine(options.NetnsDirectory, sandbox);

    /// <summary>Makes the directories.</summary>
    public void Prepare()
    {
        Directory.CreateDirectory(_ids);
        Directory.CreateDirectory(_onHost);
        Directory.CreateDirectory(options.NetnsFilesDirectory);
        NetworkNamespace.PrepareDirectory(options.NetnsDirectory);
    }

    /// <summary>If we stop between the two lines, the file is stale and the next start takes it away.</summary>
    public void Create(CreateSandbox step)
    {
        File.WriteAllText(Path.Combine(_ids, step.Name), step.Id.ToString());
        var path = PathOf(step.Name);
        NetworkNamespace.Create(path);
        try
        {
            foreach (var setting in (ReadOnlySpan<string>)["ipv4/conf/all/arp_notify", "ipv6/conf/all/ndisc_notify"]) NetworkNamespace.SwitchOn(path, setting);
        }
        catch (DataplaneException)
        {
            NetworkNamespace.Delete(path);
            throw;
        }
    }

    /// <summary>The other way round: while the namespace has its name, its file is there.</summary>
    public void Delete(string sandbox)
    {
        NetworkNamespace.Delete(PathOf(sandbox));
        var files = Path.Combine(options.NetnsFilesDirectory, sandbox);
        if (Directory.Exists(files)) Directory.Delete(files, recursive: true);
        File.Delete(Path.Combine(_ids, sandbox));
    }

    /// <summary>In place and not by rename: what runs in the sandbox has the old inode bound over its own file.</summary>
    public void Write(SandboxFile file)
    {
        var directory = Path.Combine(options.NetnsFilesDirectory, file.Sandbox);
        Directory.CreateDirectory(directory);
        using var stream = new FileStream(Path.Combine(directory, file.Name), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, 0);
        var bytes = Encoding.UTF8.GetBytes(file.Content);
        stream.Write(bytes);
        stream.SetLength(bytes.Length);
    }

    /// <summary>A sandbox's files by name.</summary>
    public ImmutableDictionary<string, string> Read(string sandbox)
    {
        var directory = new DirectoryInfo(Path.Combine(options.NetnsFilesDirectory, sandbox));
        return directory.Exists ? directory.EnumerateFiles().ToImmutableDictionary(f => f.Name, f => File.ReadAllText(f.FullName)) : ImmutableDictionary<string, string>.Empty;
    }

    /// <summary>The containers that live in the host's own namespace.</summary>
    public ImmutableHashSet<ContainerId> OnHost =>
        [.. Directory.EnumerateFiles(_onHost).Select(path => ContainerId.TryParse(Path.GetFileName(path), null, out var id) ? id : (ContainerId?)null).OfType<ContainerId>()];

    /// <summary>Notes that one does.</summary>
    public void Note(NoteOnHost step) => File.WriteAllBytes(Path.Combine(_onHost, step.Id.ToString()), []);

    /// <summary>It does no more.</summary>
    public void Forget(ForgetOnHost step) => File.Delete(Path.Combine(_onHost, step.Id.ToString()));

    /// <summary>The living sandbox of that name; none where it does not live.</summary>
    public FoundSandbox? Find(string sandbox) => NetworkNamespace.IsAlive(PathOf(sandbox)) ? new FoundSandbox(sandbox, IdOf(sandbox), null) : null;

    /// <summary>Every name that is left of one of ours, alive or not.</summary>
    public IEnumerable<string> Names() =>
        new[] { options.NetnsDirectory, options.NetnsFilesDirectory, _ids }.Where(Directory.Exists).SelectMany(Directory.EnumerateFileSystemEntries)
            .Select(path => Path.GetFileName(path)).Where(naming.IsSandbox).Distinct();

    private ContainerId? IdOf(string sandbox)
    {
        var path = Path.Combine(_ids, sandbox);
        return File.Exists(path) && ContainerId.TryParse(File.ReadAllText(path), null, out var id) && naming.Sandbox(id) == sandbox ? id : null;
    }
}
