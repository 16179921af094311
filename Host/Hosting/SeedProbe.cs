using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using NetworkCluster.Serialization;

namespace NetworkCluster.Hosting;

/// <summary>A host that nobody takes in cannot tell from silence what is wrong. This asks a seed for a handshake and says what to do, where TLS is the reason.</summary>
internal static class SeedProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // A seed that takes a certificate waits for what comes next; one that does not ends the connection.
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(500);

    /// <summary>Why TLS keeps this host and the seed apart; none: it does not, or the seed is not there.</summary>
    /// <param name="seed"><c>ADDRESS:PORT</c> or <c>NAME:PORT</c>.</param>
    /// <param name="own">Who this host is; none: it speaks without TLS.</param>
    /// <param name="cancel">The host is told to end.</param>
    public static async Task<string?> WhyNotHeardAsync(string seed, TlsIdentity? own, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        var (colon, shown, why) = (seed.LastIndexOf(':'), (string?)null, (string?)null);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(seed[..colon].Trim('[', ']'), int.Parse(seed[(colon + 1)..], CultureInfo.InvariantCulture), patience.Token);
            using var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false);
            await stream.AuthenticateAsClientAsync(own is null ? Asking() : own.Calling(seed[..colon], Judge), patience.Token);
            return own is null ? SpeaksTls(seed) : await EndsAsync(stream, cancel) ? TakesNot(seed, own) : null;
        }
        catch (Exception cause) when (cause is AuthenticationException or IOException or SocketException || (cause is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return (own, shown, why) switch
            {
                (null, null, _) => null,
                (null, _, _) => SpeaksTls(seed),
                (_, _, not null) => $"The certificate of {seed} ({shown}) is not taken: {why}. The authority in {own.Files.Authority} (network-cluster.tls.ca) has to have signed those of all hosts",
                (_, not null, _) => TakesNot(seed, own),
                _ when cause is SocketException or OperationCanceledException => null,
                _ => $"{seed} speaks without TLS, and this host with it: give all hosts network-cluster.tls.ca, .certificate and .key, or none",
            };
        }

        string? Judge(X509Certificate2? theirs, X509Chain? chain)
        {
            shown = theirs?.Subject;
            return why = own?.WhyNoPeer(theirs, chain);
        }

        // Nothing is said to it but the question.
        SslClientAuthenticationOptions Asking() => new()
        {
            TargetHost = seed[..colon],
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            RemoteCertificateValidationCallback = (_, theirs, chain, _) => Judge(theirs as X509Certificate2, chain) is null,
        };
    }

    private static string SpeaksTls(string seed) => $"{seed} speaks TLS, and this host without: give it network-cluster.tls.ca, .certificate and .key (docs/security.md)";

    private static string TakesNot(string seed, TlsIdentity own) =>
        $"{seed} does not take this host's certificate ({own.Certificate.Subject}): the authority in its network-cluster.tls.ca has to have signed {own.Files.Certificate}; its log says why";

    private static async Task<bool> EndsAsync(SslStream stream, CancellationToken cancel)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        silence.CancelAfter(Silence);
        try
        {
            return await stream.ReadAsync(new byte[1], silence.Token) == 0;
        }
        catch (IOException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
