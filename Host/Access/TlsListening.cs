using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using NetworkCluster.Commands;
using NetworkCluster.Serialization;

namespace NetworkCluster.Access;

/// <summary>
/// TLS 1.2 or 1.3 on both sides of an edge: a client shows a certificate for client authentication that the authority has signed, or is refused before it has said anything. What it may do then is on the connection
/// (<see cref="Caller"/>).
/// </summary>
internal static class TlsListening
{
    private const byte HandshakeRecord = 0x16;

    /// <summary>Comes with the limits of connections, which are met before the handshake, and before whatever serves them.</summary>
    /// <param name="listen">The edge.</param>
    /// <param name="own">Who the host is, and whom it believes.</param>
    /// <param name="rules">Who may do what.</param>
    /// <param name="edge">What it is called in the log.</param>
    public static void UseTls(this ListenOptions listen, TlsIdentity own, AccessRules rules, string edge)
    {
        var log = listen.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger("NetworkCluster.Access");
        new HandshakeLimit().BeginAt(listen);
        listen.UseLimit();
        listen.Use(next => connection => RefusePlainAsync(connection, next, edge));
        listen.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = own.Certificate,
            ServerCertificateChain = own.Chain,
            SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            HandshakeTimeout = PbmServer.SilenceLimit,
            ClientCertificateMode = ClientCertificateMode.RequireCertificate,
            ClientCertificateValidation = (shown, chain, _) => own.WhyNot(shown, chain, TlsIdentity.ClientUsage) is not { } why || Refuse(log, edge, shown, why),
        });
        listen.Use(next => connection =>
        {
            HandshakeLimit.End(connection);
            connection.Features.Set(connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate is { } shown ? rules.CallerOf(shown) : new Caller("nobody", Role.None));
            return next(connection);
        });
    }

    // The client sees no more than the end of its connection.
    private static bool Refuse(ILogger log, string edge, X509Certificate2 shown, string why)
    {
        log.LogWarning("a client of {Edge} showed a certificate that is not taken: {Subject}: {Why}", edge, shown.Subject, why);
        return false;
    }

    // Who does not know of TLS is told, in the words it understands.
    private static async Task RefusePlainAsync(ConnectionContext connection, ConnectionDelegate next, string edge)
    {
        var read = await connection.Transport.Input.ReadAsync(connection.ConnectionClosed);
        var speaksTls = read.Buffer.IsEmpty || read.Buffer.FirstSpan[0] == HandshakeRecord;
        connection.Transport.Input.AdvanceTo(read.Buffer.Start);
        if (speaksTls)
        {
            await next(connection);
            return;
        }

        var text = $"{edge} speaks TLS here, and this came without: give pbm PBM_CERT_PATH, or docker DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH, the directory of your ca.pem, cert.pem and key.pem\n";
        await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: {text.Length}\r\n\r\n{text}"));
        await connection.Transport.Output.CompleteAsync();
    }
}
