using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using NetworkCluster.Commands;

namespace NetworkCluster.DockerApi;

/// <summary>A version of Docker's API.</summary>
internal readonly record struct DockerVersion(int Major, int Minor) : IComparable<DockerVersion>
{
    /// <summary>The oldest that is served.</summary>
    public static DockerVersion Oldest { get; } = new(1, 24);

    /// <summary>The newest that is served, and that a path without a version means.</summary>
    public static DockerVersion Newest { get; } = new(1, 47);

    /// <summary>Takes a version off the front of a path: <c>/v1.41/networks</c>. False where there is none.</summary>
    public static bool TryTake(string path, out DockerVersion version, [NotNullWhen(true)] out string? rest)
    {
        (version, rest) = (default, null);
        if (!path.StartsWith("/v", StringComparison.Ordinal)) return false;
        var end = path.IndexOf('/', 2) is > 0 and var slash ? slash : path.Length;
        var parts = path[2..end].Split('.');
        if (parts.Length != 2 || !Number(parts[0], out var major) || !Number(parts[1], out var minor)) return false;
        (version, rest) = (new(major, minor), end == path.Length ? "/" : path[end..]);
        return true;

        static bool Number(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>The first in which the short id of a container is none of its aliases.</summary>
    public static DockerVersion WithoutShortIds { get; } = new(1, 45);

    /// <summary>A path without its version, where it has one, and the version that is asked for.</summary>
    /// <exception cref="UsageException">That one is not served.</exception>
    public static (string Path, DockerVersion Version) Strip(string path) =>
        !TryTake(path, out var version, out var rest) ? (path, Newest) : version.Refusal is { } refusal ? throw new UsageException(refusal) : (rest, version);

    /// <summary>Why it is not served, in Docker's words; none: it is.</summary>
    public string? Refusal =>
        CompareTo(Oldest) < 0 ? $"client version {this} is too old. Minimum supported API version is {Oldest}, please upgrade your client to a newer version"
        : CompareTo(Newest) > 0 ? $"client version {this} is too new. Maximum supported API version is {Newest}"
        : null;

    /// <inheritdoc/>
    public int CompareTo(DockerVersion other) => (Major, Minor).CompareTo((other.Major, other.Minor));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");
}
