using Microsoft.AspNetCore.Server.Kestrel.Core;
using NetworkCluster.Access;
using NetworkCluster.Configuration;
using NetworkCluster.Serialization;

namespace NetworkCluster.DockerApi;

/// <summary>Docker's API over TCP with TLS on both sides, as <c>docker --tlsverify</c> speaks it.</summary>
internal static class DockerTcp
{
    /// <summary>Listens there, with the limits of the socket. Silence and too many connections are met before the handshake.</summary>
    public static void ListenDocker(this KestrelServerOptions kestrel, DockerTcpSettings settings, TlsIdentity own, AccessRules rules, HijackedRequests hijacked) => kestrel.Listen(settings.Address, listen =>
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.UseTls(own, rules, "docker's API");
        listen.ServeDocker(hijacked);
    });
}
