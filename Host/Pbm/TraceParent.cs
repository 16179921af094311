using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace NetworkCluster.Pbm;

/// <summary>
/// The trace that a command belongs to, in W3C's form. A program that calls us says its own in the environment variable <c>TRACEPARENT</c>; without one each command has its own. We keep no spans: what is
/// seen of the trace begins at the host.
/// </summary>
internal static partial class TraceParent
{
    /// <summary>The header's name.</summary>
    public const string Name = "traceparent";

    /// <summary>For the next command.</summary>
    public static string New() =>
        Environment.GetEnvironmentVariable("TRACEPARENT") is { } given && Form().IsMatch(given) ? given : $"00-{RandomNumberGenerator.GetHexString(32, lowercase: true)}-{RandomNumberGenerator.GetHexString(16, lowercase: true)}-01";

    [GeneratedRegex("^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")]
    private static partial Regex Form();
}
