using System.Globalization;

namespace NetworkCluster.Commands.Documents;

/// <summary>Times as Go prints them: UTC, as many digits of the second's fraction as it has.</summary>
internal static class Rfc3339
{
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture) + "Z";
}
