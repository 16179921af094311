namespace NetworkCluster.Access;

/// <summary>Who is at the other end of a connection. Where none is set, it came by a way that is the operator's alone: the loopback, or a socket with a mode.</summary>
/// <param name="Name">The common name of the certificate.</param>
/// <param name="Role">What it may do.</param>
internal sealed record Caller(string Name, Role Role)
{
    /// <summary>Why the caller may not do this; none: it may.</summary>
    /// <param name="what">What it wants, as it says it.</param>
    /// <param name="changes">Whether that changes anything, or hands out a process.</param>
    public string? WhyNot(string what, bool changes) => Role switch
    {
        Role.Admin => null,
        Role.Reader when !changes => null,
        Role.Reader => $"{Name} is a reader, and {what} takes an admin: use a certificate with OU=admin, or have the name listed in network-cluster.access.admins",
        _ => $"the certificate of {Name} names no role: its organisational unit (OU) has to be admin or reader, or its name be listed in network-cluster.access",
    };
}
