using System.Collections.Immutable;

namespace NetworkCluster.Commands;

/// <summary>Names for containers that were given none, in Docker's manner: a quality and a person of science.</summary>
internal sealed class RandomNames(Random random)
{
    private static readonly ImmutableArray<string> Qualities =
    [
        "amiable", "bold", "brave", "bright", "calm", "careful", "cheerful", "clever", "cool", "curious", "daring", "eager", "earnest", "elegant", "fair",
        "fearless", "focused", "friendly", "gallant", "gentle", "gifted", "graceful", "happy", "hardy", "honest", "hopeful", "humble", "jolly", "keen", "kind",
        "lively", "loyal", "lucid", "mellow", "merry", "modest", "nimble", "noble", "patient", "peaceful", "placid", "quick", "quiet", "ready", "serene",
        "sharp", "silent", "sincere", "steady", "swift", "tender", "tidy", "upbeat", "vigilant", "vivid", "warm", "wise", "witty", "zealous", "zen",
    ];

    private static readonly ImmutableArray<string> People =
    [
        "abel", "archimedes", "babbage", "banach", "bohr", "boole", "brahe", "cantor", "cerf", "church", "copernicus", "curie", "darwin", "dijkstra", "dirac",
        "einstein", "engelbart", "euclid", "euler", "faraday", "fermat", "feynman", "galileo", "galois", "gauss", "goedel", "hamilton", "hertz", "hilbert",
        "hopper", "hypatia", "kahn", "kepler", "knuth", "kovalevskaya", "lamport", "leibniz", "liskov", "lovelace", "maxwell", "meitner", "mendeleev",
        "newton", "noether", "pascal", "perlman", "planck", "poincare", "postel", "ramanujan", "ritchie", "shannon", "stallman", "thompson", "torvalds",
        "turing", "volta", "wiener", "wirth", "wozniak",
    ];

    private readonly Lock _turn = new();

    /// <summary>The next name, for example <c>serene_noether</c>. Names may repeat: the host refuses one that is taken.</summary>
    public string Next()
    {
        lock (_turn) return $"{Qualities[random.Next(Qualities.Length)]}_{People[random.Next(People.Length)]}";
    }
}
