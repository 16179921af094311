using NetworkCluster.Configuration;
using NetworkCluster.Serialization;

namespace NetworkCluster.Access;

/// <summary>Reads the files that settings name.</summary>
internal static class TlsReading
{
    /// <summary>Reads them.</summary>
    /// <param name="files">Which.</param>
    /// <param name="level">The settings they stand in, without <c>network-cluster.</c></param>
    /// <exception cref="ConfigurationProblemException">One cannot be read, holds something else, or the key is another certificate's; each that is wrong is told.</exception>
    public static TlsIdentity Read(TlsFiles files, string level)
    {
        var problems = new List<string>();
        return TlsIdentity.Read(files, (what, why) => problems.Add($"network-cluster.{level}.{what}: {why}")) ?? throw new ConfigurationProblemException(problems);
    }

    /// <summary>The same for what a host shows other hosts, which is of the same authority as theirs and may be shown to all of them: found here, and not by nobody hearing it.</summary>
    /// <exception cref="ConfigurationProblemException">As above; or the others would not take it.</exception>
    public static TlsIdentity ReadPeer(TlsFiles files)
    {
        var own = Read(files, "tls");
        if (own.WhyNoPeer(own.Certificate, null) is not { } why) return own;
        using (own) throw new ConfigurationProblemException([$"network-cluster.tls.certificate: no host would take {files.Certificate}: {why}. It has to be for server and client authentication, signed by the authority in {files.Authority}, and good today"]);
    }
}
