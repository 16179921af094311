using Akka.Cluster;

namespace NetworkCluster.Services;

/// <summary>What those who hear each other are, beside those that they do not hear.</summary>
internal enum Sides
{
    /// <summary>More than half, whatever the others may have learned meanwhile.</summary>
    Majority,
    /// <summary>Just half: the others may be so, too.</summary>
    Half,
    /// <summary>The others may be more.</summary>
    Minority,
}

/// <summary>One of those that carry entities.</summary>
/// <param name="Status">As is known here.</param>
/// <param name="Heard">All of us hear it.</param>
/// <param name="SeesUs">Somebody does not hear it, and yet it has the latest news of us.</param>
internal readonly record struct Carrier(MemberStatus Status, bool Heard, bool SeesUs)
{
    /// <summary>
    /// Of our own those count that are members for certain on the other side, too; of the others all who may be. So never are both sides the majority, nor is one while the other takes itself for half. Those that hear half of
    /// us are removed by either side, and count for none; what the rest may do then is not for a majority of them to say.
    /// </summary>
    public static Sides Count(IEnumerable<Carrier> carriers)
    {
        var (here, there, between) = (0, 0, false);
        foreach (var carrier in carriers)
        {
            if (carrier.Heard) here += carrier.Status == MemberStatus.Up ? 1 : 0;
            else if (carrier.SeesUs) between = true;
            else there += carrier.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Joining or MemberStatus.WeaklyUp ? 1 : 0;
        }

        if (here == 0 || here < there) return Sides.Minority;
        return here == there || between ? Sides.Half : Sides.Majority;
    }
}
