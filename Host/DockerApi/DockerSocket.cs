using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NetworkCluster.Commands;
using NetworkCluster.Configuration;

namespace NetworkCluster.DockerApi;

/// <summary>The unix socket that Docker's clients talk to; over TCP see <see cref="DockerTcp"/>. Who may write to it can command the host: its mode is 0660.</summary>
internal static partial class DockerSocket
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <summary>What came from Docker's clients, and not by pbm's port.</summary>
    public sealed record Mark;

    /// <summary>Makes the place for it: the directory, and away with what a process that was killed has left.</summary>
    /// <returns>False where this process may not: who runs it without root has no socket there.</returns>
    /// <param name="path">Where.</param>
    /// <param name="group">Who may write to it.</param>
    /// <param name="setting">What names the place.</param>
    /// <exception cref="ConfigurationProblemException">Another process listens there, the place cannot be used, or there is no such group.</exception>
    public static bool Prepare(string path, string group, string setting = "docker-api.socket")
    {
        if (group.Length > 0) _ = NumberOf(group);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (IsFile(path)) throw new ConfigurationProblemException([$"network-cluster.{setting}: {path} is a file, not a socket"]);
            if (File.Exists(path) && Answers(path)) throw new ConfigurationProblemException([$"network-cluster.{setting}: another process listens at {path}; give this one another, or \"\" for none"]);
            File.Delete(path);
            using var probe = NewSocket();
            probe.Bind(new UnixDomainSocketEndPoint(path));
            File.Delete(path);
            return true;
        }
        catch (Exception cause) when (cause is UnauthorizedAccessException or SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            return false;
        }
        catch (Exception cause) when (cause is IOException or SocketException or ArgumentException)
        {
            throw new ConfigurationProblemException([$"network-cluster.{setting}: {path} cannot be used: {cause.Message}"]);
        }
    }

    private static bool Answers(string path)
    {
        try
        {
            using var client = NewSocket();
            client.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
    }

    // A socket cannot be opened.
    private static bool IsFile(string path)
    {
        try
        {
            using var opened = File.OpenRead(path);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <summary>Listens there, with the limits of pbm's port.</summary>
    public static void ListenDocker(this KestrelServerOptions kestrel, string path, HijackedRequests hijacked) => kestrel.ListenUnixSocket(path, listen =>
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.UseLimit();
        listen.ServeDocker(hijacked);
    });

    /// <summary>What comes there is for Docker's API alone.</summary>
    public static void ServeDocker(this ListenOptions listen, HijackedRequests hijacked) => listen.Use(next => connection =>
    {
        connection.Features.Set(new Mark());
        return hijacked.RunAsync(connection, next);
    });

    /// <summary>Opens it to its group, once it is there. Until then nobody but its owner can connect.</summary>
    /// <exception cref="ConfigurationProblemException">There is no such group, or it cannot be given to it.</exception>
    public static void Open(string path, string group)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, Mode);
        if (group.Length == 0) return;
        if (ChangeOwner(path, -1, NumberOf(group)) != 0)
            throw new ConfigurationProblemException([$"network-cluster.docker-api.group: {path} cannot be given to {group}: {Marshal.GetLastPInvokeErrorMessage()}"]);
    }

    private static int NumberOf(string group) =>
        File.ReadLines("/etc/group").Select(line => line.Split(':')).FirstOrDefault(fields => fields.Length > 2 && (fields[0] == group || fields[2] == group)) is [_, _, var number, ..]
            ? int.Parse(number, System.Globalization.CultureInfo.InvariantCulture)
            : throw new ConfigurationProblemException([$"network-cluster.docker-api.group: there is no group {group}"]);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, int owner, int group);
}
