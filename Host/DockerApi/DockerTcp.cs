using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using NetworkCluster.Commands;
using NetworkCluster.Configuration;

namespace NetworkCluster.DockerApi;

/// <summary>
/// Docker's API over TCP with TLS 1.2 or 1.3 on both sides, as <c>docker --tlsverify</c> speaks it: a client shows a certificate for client authentication that the configured authority
/// has signed, or is refused before it has said anything. Who has one can command the host. Revocation is not asked about: an authority of one's own has no service for it.
/// </summary>
internal sealed class DockerTcp : IDisposable
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly DockerTcpSettings _settings;
    private readonly X509Certificate2Collection _authority;
    private readonly X509Certificate2Collection _chain;
    private readonly X509Certificate2 _certificate;

    private DockerTcp(DockerTcpSettings settings, X509Certificate2Collection authority, X509Certificate2Collection chain, X509Certificate2 certificate) =>
        (_settings, _authority, _chain, _certificate) = (settings, authority, chain, certificate);

    /// <summary>Reads the files.</summary>
    /// <exception cref="ConfigurationProblemException">One cannot be read, holds something else, or the key is another certificate's; each that is wrong is told.</exception>
    public static DockerTcp Read(DockerTcpSettings settings)
    {
        var problems = new List<string>();
        var authority = All("ca", settings.AuthorityFile);
        var chain = All("certificate", settings.CertificateFile);
        X509Certificate2? certificate = null;
        if (problems.Count == 0)
        {
            try
            {
                certificate = X509Certificate2.CreateFromPemFile(settings.CertificateFile, settings.KeyFile);
            }
            catch (Exception cause) when (cause is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
            {
                problems.Add($"network-cluster.docker-api.tcp.key: {settings.KeyFile} is not the key of {settings.CertificateFile}: {cause.Message}");
            }
        }

        return certificate is null ? throw new ConfigurationProblemException([.. problems]) : new(settings, authority, chain, certificate);

        X509Certificate2Collection All(string what, string file)
        {
            var read = new X509Certificate2Collection();
            try
            {
                read.ImportFromPemFile(file);
                if (read.Count == 0) problems.Add($"network-cluster.docker-api.tcp.{what}: there is no PEM certificate in {file}");
            }
            catch (Exception cause) when (cause is CryptographicException or IOException or UnauthorizedAccessException)
            {
                problems.Add($"network-cluster.docker-api.tcp.{what}: {file} cannot be read: {cause.Message}");
            }

            return read;
        }
    }

    /// <summary>Listens there, with the limits of the socket. Silence and too many connections are met before the handshake.</summary>
    public void Listen(KestrelServerOptions kestrel, HijackedRequests hijacked) => kestrel.Listen(_settings.Address, listen =>
    {
        var log = listen.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger("NetworkCluster.DockerApi");
        listen.Protocols = HttpProtocols.Http1;
        listen.UseLimit();
        listen.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = _certificate,
            ServerCertificateChain = _chain,
            SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            HandshakeTimeout = PbmServer.SilenceLimit,
            ClientCertificateMode = ClientCertificateMode.RequireCertificate,
            ClientCertificateValidation = (shown, chain, _) => WhyNotOurs(shown, chain) is not { } why || Refuse(log, shown, why),
        });
        listen.ServeDocker(hijacked);
    });

    /// <summary>Forgets the key.</summary>
    public void Dispose() => _certificate.Dispose();

    // The client sees no more than the end of its connection.
    private static bool Refuse(ILogger log, X509Certificate2 shown, string why)
    {
        log.LogWarning("a client of docker's API showed a certificate that is not taken: {Subject}: {Why}", shown.Subject, why);
        return false;
    }

    private string? WhyNotOurs(X509Certificate2 shown, X509Chain? sent)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new(ClientAuthentication));
        if (sent is not null) chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        return chain.Build(shown) ? null : string.Join("; ", chain.ChainStatus.Select(status => status.StatusInformation.Trim()).Distinct());
    }
}
