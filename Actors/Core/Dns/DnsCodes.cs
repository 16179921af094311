namespace NetworkCluster.Dns;

/// <summary>The record types this server knows by itself (RFC 1035, 3596, 6891); all others are only compared.</summary>
internal static class RecordType
{
    public const ushort A = 1;
    public const ushort Ptr = 12;
    public const ushort Aaaa = 28;
    public const ushort Opt = 41;
    public const ushort Ixfr = 251;
    public const ushort Axfr = 252;
    public const ushort Any = 255;
}

/// <summary>Response codes (RFC 1035 4.1.1, RFC 6891 6.1.3). Values above 15 travel in the OPT record.</summary>
public enum ResponseCode
{
    /// <summary>The name exists, with or without records of the type asked for.</summary>
    NoError = 0,
    /// <summary>The query could not be understood (FORMERR).</summary>
    FormatError = 1,
    /// <summary>No server above answered (SERVFAIL).</summary>
    ServerFailure = 2,
    /// <summary>There is no such name (NXDOMAIN).</summary>
    NameError = 3,
    /// <summary>Not a standard query (NOTIMP).</summary>
    NotImplemented = 4,
    /// <summary>A class or transfer that this server does not serve.</summary>
    Refused = 5,
    /// <summary>An EDNS version above 0.</summary>
    BadVersion = 16,
}

/// <summary>How a query came; decides how long its reply may be.</summary>
public enum DnsTransport
{
    /// <summary>512 bytes without EDNS, else what the client announces, at most <see cref="DnsResponder.MaxUdpBytes"/>.</summary>
    Udp,
    /// <summary>65,535 bytes.</summary>
    Tcp,
}

/// <summary>What became of a query.</summary>
public enum DnsOutcome
{
    /// <summary>Answered with records from the name table.</summary>
    Answered,
    /// <summary>The name is known but has no record of that type: NOERROR without answers.</summary>
    NoData,
    /// <summary>NXDOMAIN from the name table alone.</summary>
    NameError,
    /// <summary>Not understood: FORMERR went back.</summary>
    Malformed,
    /// <summary>Understood and not served: NOTIMP, REFUSED or BADVERS went back.</summary>
    Refused,
    /// <summary>Nothing goes back: too short to have an id, or itself a response.</summary>
    Dropped,
    /// <summary>Not ours: the servers above are to be asked. No reply was written.</summary>
    Forward,
}

/// <summary>What <see cref="DnsResponder.Answer"/> did with one query.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Length">Bytes of the reply written; 0: none.</param>
/// <param name="Limit">The most bytes a reply to this query may have.</param>
/// <param name="QuestionLength">Bytes of the question behind the 12 byte header; 0 where it was not understood.</param>
/// <param name="EdnsSizeAt">Offset of the client's announced UDP size in the query; 0 without EDNS.</param>
public readonly record struct DnsResult(DnsOutcome Outcome, int Length, int Limit, int QuestionLength, int EdnsSizeAt);
