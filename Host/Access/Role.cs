namespace NetworkCluster.Access;

/// <summary>What somebody may do at a host's edges.</summary>
internal enum Role
{
    /// <summary>Nothing.</summary>
    None,
    /// <summary>Look: whatever changes nothing.</summary>
    Reader,
    /// <summary>Everything.</summary>
    Admin,
}
