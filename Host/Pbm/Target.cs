namespace NetworkCluster.Pbm;

/// <summary>Which host a command line is for: what stands before options and palette, and what the environment says where nothing stands there.</summary>
/// <param name="Address">The host.</param>
/// <param name="CertificatePath">The directory of the operator's certificate; none: without TLS.</param>
/// <param name="Words">The rest.</param>
internal sealed record Target(HostAddress Address, string? CertificatePath, List<string> Words)
{
    /// <summary>The option that names the certificate: the next word is its value.</summary>
    public const string CertPath = "--cert-path";

    /// <summary>Whether the word is that option and its value in one.</summary>
    public static bool HasCertPath(string word) => word.StartsWith($"{CertPath}=", StringComparison.Ordinal);

    /// <summary>Takes host and certificate off the front, in either order.</summary>
    /// <exception cref="UsageError">One of them makes no sense.</exception>
    public static Target Of(IReadOnlyList<string> words, Func<string, string?> environment)
    {
        HostAddress? address = null;
        var path = environment("PBM_CERT_PATH");
        var at = 0;
        for (; at < words.Count; at++)
        {
            if (HasCertPath(words[at])) path = words[at][(CertPath.Length + 1)..];
            else if (words[at] == CertPath) path = ++at < words.Count ? words[at] : throw new UsageError("--cert-path takes a directory with ca.pem, cert.pem and key.pem");
            else if (address is null && HostAddress.TryParse(words[at], out var given)) address = given;
            else if (words[at].StartsWith('-') || !words[at].Contains(':', StringComparison.Ordinal)) break;
            else throw new UsageError(address is null ? $"not host:port: {words[at]}" : $"one host at a time: {address}, and then {words[at]}");
        }

        return new(address ?? Configured(environment("PBM_HOST")), path is { Length: > 0 } ? path : null, [.. words.Skip(at)]);
    }

    private static HostAddress Configured(string? text) =>
        text is not { Length: > 0 } ? HostAddress.Default : HostAddress.TryParse(text, out var address) ? address : throw new UsageError($"PBM_HOST is not host:port: {text}");
}
