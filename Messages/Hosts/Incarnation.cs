namespace NetworkCluster.Hosts;

/// <summary>One life of a host's process. Grows with every start of the same host, so that a late message of an earlier life is known as such. 0 is no life.</summary>
/// <param name="Value">1 for the first start.</param>
public readonly record struct Incarnation(long Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
