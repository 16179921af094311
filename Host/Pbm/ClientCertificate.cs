using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NetworkCluster.Pbm;

/// <summary>Who the operator is to a host that speaks TLS, and which authority signs the hosts it believes: <c>ca.pem</c>, <c>cert.pem</c> and <c>key.pem</c> of a directory, as docker has them.</summary>
internal sealed class ClientCertificate
{
    private readonly X509Certificate2 _own;
    private readonly X509Certificate2Collection _authority;

    private ClientCertificate(string directory, X509Certificate2 own, X509Certificate2Collection authority) => (Directory, _own, _authority) = (directory, own, authority);

    /// <summary>Where it is from.</summary>
    public string Directory { get; }

    /// <summary>Whether a host has shown a certificate.</summary>
    public bool HostSeen { get; private set; }

    /// <summary>Why the certificate that a host has shown last is not taken; none: it was, or there was none.</summary>
    public string? HostRefused { get; private set; }

    /// <summary>Reads the three files.</summary>
    /// <exception cref="UsageError">One is missing, or is something else.</exception>
    public static ClientCertificate Read(string directory)
    {
        var (authority, certificate, key) = (Path.Combine(directory, "ca.pem"), Path.Combine(directory, "cert.pem"), Path.Combine(directory, "key.pem"));
        foreach (var file in (string[])[authority, certificate, key])
        {
            if (!File.Exists(file)) throw new UsageError($"there is no {file}: PBM_CERT_PATH (or --cert-path) is a directory with ca.pem, cert.pem and key.pem");
        }

        var signs = new X509Certificate2Collection();
        try
        {
            signs.ImportFromPemFile(authority);
            return new(directory, X509Certificate2.CreateFromPemFile(certificate, key), signs);
        }
        catch (Exception cause) when (cause is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new UsageError($"{directory}: ca.pem, cert.pem and key.pem are not a certificate of an authority, one of one's own, and the key of that: {cause.Message}");
        }
    }

    /// <summary>What a connection is made with: the host has to have a certificate of the authority, for the name or address that it was asked by.</summary>
    public SslClientAuthenticationOptions Options() => new()
    {
        ClientCertificates = [_own],
        LocalCertificateSelectionCallback = (_, _, _, _, _) => _own,
        CertificateChainPolicy = Policy(),
        RemoteCertificateValidationCallback = (_, _, chain, errors) =>
        {
            HostSeen = true;
            HostRefused = errors switch
            {
                SslPolicyErrors.None => null,
                SslPolicyErrors.RemoteCertificateNameMismatch => "it is for another name or address",
                _ => string.Join("; ", chain?.ChainStatus.Select(status => status.StatusInformation.Trim().TrimEnd('.')).Distinct() ?? []),
            };
            return errors == SslPolicyErrors.None;
        },
    };

    private X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.AddRange(_authority);
        return policy;
    }
}
