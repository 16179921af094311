using System.Collections.Immutable;
using NetworkCluster.Gateway;
using NetworkCluster.Networks;

namespace NetworkCluster.Commands.Networks;

/// <summary>Removes all custom networks that no container uses, whoever asks for it.</summary>
internal sealed class NetworkPruning(IClusterGateway gateway, NetworkDirectory directory, TimeProvider time)
{
    /// <summary>The keys there are.</summary>
    public static readonly ImmutableArray<string> Keys = ["label", "label!", "until"];

    /// <summary>Says what is wrong with filters.</summary>
    /// <exception cref="UsageException">Something is.</exception>
    public void Check(ImmutableArray<string> filters) => Parse(filters);

    /// <summary>Removes those that pass. A failure does not stop it.</summary>
    /// <param name="filters"><c>label=</c>, <c>label!=</c>, <c>until=</c>.</param>
    /// <param name="cancel">Ends it between two networks.</param>
    /// <returns>The names of those that were removed, and why others could not be.</returns>
    /// <exception cref="UsageException">The filters make no sense.</exception>
    public async Task<(ImmutableArray<string> Removed, ImmutableArray<Rejection> Refused)> PruneAsync(ImmutableArray<string> filters, CancellationToken cancel)
    {
        var (filter, until) = Parse(filters);
        var (removed, refused) = (ImmutableArray.CreateBuilder<string>(), ImmutableArray.CreateBuilder<Rejection>());
        foreach (var network in (await directory.AllAsync(cancel)).Where(network => Matches(filter, until, network)))
        {
            switch (await gateway.SendAsync(new RemoveNetwork(network.Space, network.Id) { IfUnused = true }, cancel))
            {
                // One that is in use, or that somebody else has removed meanwhile, is none of ours.
                case Rejected { Reason: ActiveEndpoints or NetworkNotFound }: break;
                case Rejected { Reason: var reason }: refused.Add(reason); break;
                default: removed.Add(network.Name); break;
            }
        }

        return (removed.ToImmutable(), refused.ToImmutable());
    }

    private (FilterTerms Filter, DateTimeOffset? Until) Parse(ImmutableArray<string> filters)
    {
        var filter = FilterTerms.Parse(filters, Keys);
        if (filter.Values("until").Skip(1).Any()) throw new UsageException("more than one until filter specified");
        return (filter, filter.Values("until").FirstOrDefault() is { } text ? PointInTime.Parse("until", text, time) : null);
    }

    private static bool Matches(FilterTerms filter, DateTimeOffset? until, NetworkSpec network) =>
        !network.Predefined
        && (until is not { } latest || network.Created <= latest)
        && filter.Values("label").All(term => FilterTerms.HasLabel(network.Labels, term))
        && !(filter.Has("label!") && filter.Values("label!").All(term => FilterTerms.HasLabel(network.Labels, term)));
}
