using System.Collections.Immutable;
using NetworkCluster.Dataplane;

namespace NetworkCluster.Linux;

/// <summary>
/// Kernel settings of the host's own namespace. /proc/sys/net shows the namespace of the thread that opens it; no thread of ours is ever seen elsewhere
/// (see <see cref="NetworkNamespace"/>), so plain files will do.
/// </summary>
internal static class Sysctls
{
    /// <summary>Those that there are: a module that is not loaded has none.</summary>
    public static ImmutableDictionary<string, string> Read(IEnumerable<string> keys) =>
        keys.Where(key => File.Exists(PathOf(key))).ToImmutableDictionary(key => key, key => File.ReadAllText(PathOf(key)).TrimEnd('\n'));

    /// <summary>Sets one.</summary>
    public static void Write(Sysctl setting) => File.WriteAllText(PathOf(setting.Key), setting.Value);

    /// <summary>For a link of the host's namespace; a kernel without IPv6 has no such thing.</summary>
    public static void SkipDuplicateDetection(string link)
    {
        var path = $"/proc/sys/net/ipv6/conf/{link}/accept_dad";
        if (File.Exists(path)) File.WriteAllText(path, "0");
    }

    private static string PathOf(string key) => $"/proc/sys/{key.Replace('.', '/')}";
}
