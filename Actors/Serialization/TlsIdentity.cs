using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor.Setup;
using Akka.Event;
using Akka.Remote.Transport.DotNetty;

namespace NetworkCluster.Serialization;

/// <summary>
/// What a process shows of itself by TLS, and which others it takes: those alone whose certificate the authority of its files has signed. The machine's own list of authorities counts for nothing. Revocation is not
/// asked about: a private authority has no service for it. Safe for concurrent use.
/// </summary>
public sealed class TlsIdentity : IDisposable
{
    /// <summary>The usage of a server's certificate.</summary>
    public const string ServerUsage = "1.3.6.1.5.5.7.3.1";

    /// <summary>The usage of a client's certificate.</summary>
    public const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    private TlsIdentity(TlsFiles files, X509Certificate2Collection authority, X509Certificate2Collection chain, X509Certificate2 certificate) =>
        (Files, Authority, Chain, Certificate) = (files, authority, chain, certificate);

    /// <summary>Where it was read from.</summary>
    public TlsFiles Files { get; }

    /// <summary>The own certificate, with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>All certificates of the own file: those between the own one and its authority stand behind it.</summary>
    public X509Certificate2Collection Chain { get; }

    private X509Certificate2Collection Authority { get; }

    /// <summary>Reads the files.</summary>
    /// <param name="files">Which.</param>
    /// <param name="problem">Is told what is wrong: <c>ca</c>, <c>certificate</c> or <c>key</c>, and what it is.</param>
    /// <returns>None where something is wrong.</returns>
    public static TlsIdentity? Read(TlsFiles files, Action<string, string> problem)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(problem);
        var good = true;
        var authority = All("ca", files.Authority);
        var chain = All("certificate", files.Certificate);
        if (!File.Exists(files.Key)) Wrong("key", $"there is no file {files.Key}");
        if (!good) return null;
        try
        {
            return new(files, authority, chain, X509Certificate2.CreateFromPemFile(files.Certificate, files.Key));
        }
        catch (Exception cause) when (cause is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            problem("key", $"{files.Key} is not the key of {files.Certificate}: {cause.Message}");
            return null;
        }

        X509Certificate2Collection All(string what, string file)
        {
            var read = new X509Certificate2Collection();
            try
            {
                if (File.Exists(file)) read.ImportFromPemFile(file);
                if (read.Count == 0) Wrong(what, File.Exists(file) ? $"there is no PEM certificate in {file}" : $"there is no file {file}");
            }
            catch (Exception cause) when (cause is CryptographicException or IOException or UnauthorizedAccessException)
            {
                Wrong(what, $"{file} cannot be read: {cause.Message}");
            }

            return read;
        }

        void Wrong(string what, string why)
        {
            good = false;
            problem(what, why);
        }
    }

    /// <summary>Why a certificate is not taken; none: it is.</summary>
    /// <param name="shown">The other side's.</param>
    /// <param name="sent">What came with it.</param>
    /// <param name="usages">What it has to be for, see <see cref="ServerUsage"/> and <see cref="ClientUsage"/>.</param>
    public string? WhyNot(X509Certificate2? shown, X509Chain? sent, params ReadOnlySpan<string> usages)
    {
        if (shown is null) return "it shows no certificate";
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        foreach (var usage in usages) chain.ChainPolicy.ApplicationPolicy.Add(new(usage));
        if (sent is not null) chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        return chain.Build(shown) ? null : string.Join("; ", chain.ChainStatus.Select(status => status.StatusInformation.Trim().TrimEnd('.')).Distinct());
    }

    /// <summary>
    /// Why a certificate is no host's of this cluster, nor a service's that speaks to it by messages; none: it is. Such a process calls and is called, so its certificate is for both. That is what keeps out those whom the
    /// same authority has given one as operators. The address in it is not compared: every host may do what every other may.
    /// </summary>
    public string? WhyNoPeer(X509Certificate2? shown, X509Chain? sent) => WhyNot(shown, sent, ServerUsage, ClientUsage);

    /// <summary>
    /// Akka's remoting with TLS on both sides, to be laid beside <see cref="WireConfig.Tls"/>. Who is refused is in the log with the reason. The address of a system is <c>akka.ssl.tcp://</c> from then on.
    /// </summary>
    public ActorSystemSetup Over(ActorSystemSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        return setup.And(new TlsTransport.Identity(this)).And(Remoting());
    }

    /// <summary>How this process calls another.</summary>
    /// <param name="host">Its name or address.</param>
    /// <param name="whyNot">Why the certificate that it shows is not taken; none: it is.</param>
    public SslClientAuthenticationOptions Calling(string host, Func<X509Certificate2?, X509Chain?, string?> whyNot) => new()
    {
        TargetHost = host,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        LocalCertificateSelectionCallback = (_, _, _, _, _) => Certificate,
        RemoteCertificateValidationCallback = (_, shown, chain, _) => whyNot(shown as X509Certificate2, chain) is null,
    };

    private DotNettySslSetup Remoting() => new(Certificate, suppressValidation: false, requireMutualAuthentication: true, (shown, chain, peer, _, log) =>
    {
        if (WhyNoPeer(shown, chain) is not { } why) return true;
        log.Warning("{0} showed a certificate that is not taken ({1}): {2}. It needs one for server and client authentication that the authority in {3} has signed (docs/security.md)", peer, shown?.Subject, why, Files.Authority);
        return false;
    });

    /// <inheritdoc/>
    public void Dispose() => Certificate.Dispose();
}
