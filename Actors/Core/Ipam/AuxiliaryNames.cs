using System.Globalization;
using NetworkCluster.Networks;

namespace NetworkCluster.Ipam;

/// <summary>
/// Auxiliary addresses under names of their own. One name may stand for several addresses of a subnet; where names are keys, as in Docker's JSON and in a pool,
/// the second of a name is <c>a#2</c>, the third <c>a#3</c>, unless somebody has that name already.
/// </summary>
public static class AuxiliaryNames
{
    /// <summary>Each address with its key, in the order given. No key comes twice, and the first of each name keeps it.</summary>
    public static IEnumerable<(string Key, AuxiliaryAddress Aux)> Keyed(IReadOnlyCollection<AuxiliaryAddress> addresses)
    {
        var kept = addresses.Select(aux => aux.Name).ToHashSet(StringComparer.Ordinal);
        var met = new HashSet<string>(StringComparer.Ordinal);
        foreach (var aux in addresses) yield return (met.Add(aux.Name) ? aux.Name : Further(aux.Name), aux);

        string Further(string name)
        {
            for (var n = 2; ; n++)
            {
                var key = string.Create(CultureInfo.InvariantCulture, $"{name}#{n}");
                if (kept.Add(key)) return key;
            }
        }
    }
}
