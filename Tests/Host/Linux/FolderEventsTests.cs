using System.Collections.Concurrent;
using NetworkCluster.Linux;
using Xunit;

namespace NetworkCluster.Tests.Host.Linux;

public sealed class FolderEventsTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("nwc-events-").FullName;
    private readonly BlockingCollection<(int Listener, FolderChange Change, string? Name)> _heard = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void More_folders_than_a_user_has_instances_are_listened_to_with_one()
    {
        var folders = Enumerable.Range(0, 300).Select(number => Directory.CreateDirectory(Path.Combine(_folder, $"{number}")).FullName).ToArray();
        var listeners = folders.Select(Listen).ToArray();
        // Others in this process may have some of their own.
        Assert.InRange(Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(fd => new FileInfo(fd).LinkTarget == "anon_inode:inotify"), 1, 50);
        for (var number = 0; number < folders.Length; number++)
        {
            Make(Path.Combine(folders[number], "new"));
            Assert.Equal((number, FolderChange.Written, "new"), Next());
        }

        foreach (var listener in listeners) listener.Dispose();
    }

    [Fact]
    public void Each_of_those_who_listen_to_a_folder_is_told_until_he_goes()
    {
        using var first = Listen(_folder, 1);
        using (Listen(_folder, 2)) AssertBoth("a");
        Make(Path.Combine(_folder, "b"));
        Assert.Equal((1, FolderChange.Written, "b"), Next());
        File.Delete(Path.Combine(_folder, "b"));
        Assert.Equal((1, FolderChange.Gone, "b"), Next());
        Assert.Empty(_heard);
    }

    [Fact]
    public void Names_that_come_and_go_text_that_is_written_and_a_folder_that_goes()
    {
        var (folder, file) = (Directory.CreateDirectory(Path.Combine(_folder, "it")).FullName, Path.Combine(_folder, "it", "ü"));
        var listener = Listen(folder, 1);
        Make(file);
        Assert.Equal((1, FolderChange.Written, "ü"), Next());
        File.AppendAllText(file, "x");
        Assert.Equal((1, FolderChange.Written, "ü"), Next());
        File.Move(file, Path.Combine(_folder, "out"));
        Assert.Equal((1, FolderChange.Gone, "ü"), Next());
        File.Move(Path.Combine(_folder, "out"), file);
        Assert.Equal((1, FolderChange.Written, "ü"), Next());
        File.Delete(file);
        Directory.Delete(folder);
        Assert.Equal((1, FolderChange.Gone, "ü"), Next());
        Assert.Equal((1, FolderChange.Unknown, null), Next());
        // Its number may not be anybody's by now.
        listener.Dispose();

        Directory.CreateDirectory(folder);
        using var again = Listen(folder, 2);
        Make(file);
        Assert.Equal((2, FolderChange.Written, "ü"), Next());
    }

    [Fact]
    public void There_has_to_be_a_folder()
    {
        Assert.Throws<DirectoryNotFoundException>(() => Listen(Path.Combine(_folder, "nope"), 1));
        Make(Path.Combine(_folder, "file"));
        Assert.Throws<DirectoryNotFoundException>(() => Listen(Path.Combine(_folder, "file"), 1));
    }

    // Nothing but a name that comes: to empty a file that is there writes, too.
    private static void Make(string path) => new FileStream(path, FileMode.CreateNew).Dispose();

    private void AssertBoth(string name)
    {
        Make(Path.Combine(_folder, name));
        Assert.Equal([(1, FolderChange.Written, name), (2, FolderChange.Written, name)], new[] { Next(), Next() }.OrderBy(heard => heard.Listener));
    }

    private IDisposable Listen(string folder, int listener) => FolderEvents.Listen(folder, (change, name) => _heard.Add((listener, change, name)));

    private (int Listener, FolderChange Change, string? Name) Next() => _heard.TryTake(out var heard, Limit) ? heard : throw new TimeoutException("nothing was heard");
}
