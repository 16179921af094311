using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace NetworkCluster.Access;

/// <summary>Who has which role. A name that is listed has the role of its list, whatever its certificate says; then what the certificate says counts, then "*".</summary>
/// <param name="Admins">Common names.</param>
/// <param name="Readers">Common names.</param>
internal sealed record AccessRules(ImmutableArray<string> Admins, ImmutableArray<string> Readers)
{
    private const string CommonName = "2.5.4.3", OrganisationalUnit = "2.5.4.11", Everybody = "*";

    /// <summary>Who shows this certificate. It was checked before.</summary>
    public Caller CallerOf(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var (name, units) = (Parts(certificate, CommonName).FirstOrDefault() ?? certificate.Subject, Parts(certificate, OrganisationalUnit).ToHashSet(StringComparer.Ordinal));
        return new(name, Admins.Contains(name) ? Role.Admin : Readers.Contains(name) ? Role.Reader : ByUnit(units));
    }

    private Role ByUnit(HashSet<string> units) =>
        units.Contains("admin") ? Role.Admin : units.Contains("reader") ? Role.Reader : Admins.Contains(Everybody) ? Role.Admin : Readers.Contains(Everybody) ? Role.Reader : Role.None;

    // A part that holds several attributes at once names nobody.
    private static IEnumerable<string> Parts(X509Certificate2 certificate, string attribute)
    {
        foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames(reversed: false))
        {
            if (!part.HasMultipleElements && part.GetSingleElementType().Value == attribute && part.GetSingleElementValue() is { Length: > 0 } value) yield return value;
        }
    }
}
