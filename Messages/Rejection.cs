using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;

namespace NetworkCluster;

/// <summary>How a refusal is answered at the HTTP edges.</summary>
public enum RejectionKind
{
    /// <summary>400: what was asked for makes no sense.</summary>
    Invalid,
    /// <summary>403: it makes sense, and is not allowed as things are.</summary>
    Forbidden,
    /// <summary>404: what it names does not exist.</summary>
    NotFound,
    /// <summary>409: something else is in the way.</summary>
    Conflict,
    /// <summary>500: a host could not do it; nothing is left of it.</summary>
    Fault,
    /// <summary>503: not now; nothing was changed.</summary>
    Unavailable,
    /// <summary>503: nobody knows whether it was done; asking again with the same ids is safe.</summary>
    Unknown,
}

/// <summary>Why a command was not carried out, with its facts. Nothing was changed. The text is Docker's where Docker has one, with the fact that is in the way behind it.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "reason")]
[JsonDerivedType(typeof(InvalidRequest), "invalid")]
[JsonDerivedType(typeof(NetworkNotFound), "network-not-found")]
[JsonDerivedType(typeof(NetworkNameTaken), "network-name-taken")]
[JsonDerivedType(typeof(AmbiguousName), "ambiguous")]
[JsonDerivedType(typeof(ReservedNetworkName), "reserved-network-name")]
[JsonDerivedType(typeof(SingleInstanceDriver), "single-instance-driver")]
[JsonDerivedType(typeof(DriverNotFound), "driver-not-found")]
[JsonDerivedType(typeof(PredefinedNetwork), "predefined-network")]
[JsonDerivedType(typeof(ActiveEndpoints), "active-endpoints")]
[JsonDerivedType(typeof(UpdateUnderWay), "update-under-way")]
[JsonDerivedType(typeof(PoolOverlap), "pool-overlap")]
[JsonDerivedType(typeof(RouteOverlap), "route-overlap")]
[JsonDerivedType(typeof(NoFreeSubnet), "no-free-subnet")]
[JsonDerivedType(typeof(PoolExhausted), "pool-exhausted")]
[JsonDerivedType(typeof(AddressInUse), "address-in-use")]
[JsonDerivedType(typeof(AddressOutsideNetwork), "address-outside")]
[JsonDerivedType(typeof(NotReserved), "not-reserved")]
[JsonDerivedType(typeof(FixedAddressNotSupported), "fixed-address-not-supported")]
[JsonDerivedType(typeof(MacInUse), "mac-in-use")]
[JsonDerivedType(typeof(AliasNotSupported), "alias-not-supported")]
[JsonDerivedType(typeof(EndpointNameTaken), "endpoint-name-taken")]
[JsonDerivedType(typeof(ContainerNotFound), "container-not-found")]
[JsonDerivedType(typeof(ContainerNameTaken), "container-name-taken")]
[JsonDerivedType(typeof(ContainerIsStopping), "container-is-stopping")]
[JsonDerivedType(typeof(ContainerIsRunning), "container-running")]
[JsonDerivedType(typeof(ContainerNotRunning), "container-not-running")]
[JsonDerivedType(typeof(NotConnected), "not-connected")]
[JsonDerivedType(typeof(SandboxModeConflict), "sandbox-mode")]
[JsonDerivedType(typeof(ContainerOfEngine), "container-of-engine")]
[JsonDerivedType(typeof(PortAllocated), "port-allocated")]
[JsonDerivedType(typeof(PortInUse), "port-in-use")]
[JsonDerivedType(typeof(CommandNotRunnable), "command-not-runnable")]
[JsonDerivedType(typeof(NoFreePort), "no-free-port")]
[JsonDerivedType(typeof(AddressNotOnHost), "address-not-on-host")]
[JsonDerivedType(typeof(LinkNameTaken), "link-name-taken")]
[JsonDerivedType(typeof(LinkTargetNotFound), "link-target-not-found")]
[JsonDerivedType(typeof(LinkTargetNotRunning), "link-target-not-running")]
[JsonDerivedType(typeof(IdTaken), "id-taken")]
[JsonDerivedType(typeof(HostUnknown), "host-unknown")]
[JsonDerivedType(typeof(HostIsDrained), "host-is-drained")]
[JsonDerivedType(typeof(HostIsLost), "host-is-lost")]
[JsonDerivedType(typeof(NoDataplane), "no-dataplane")]
[JsonDerivedType(typeof(HostFault), "host-fault")]
[JsonDerivedType(typeof(JournalUnavailable), "journal-unavailable")]
[JsonDerivedType(typeof(OutcomeUnknown), "outcome-unknown")]
public abstract record Rejection
{
    /// <summary>One line for people.</summary>
    [JsonIgnore]
    public abstract string Text { get; }

    /// <summary>How the HTTP edges answer it.</summary>
    [JsonIgnore]
    public abstract RejectionKind Kind { get; }
}

/// <summary>The answer to a command that was not carried out.</summary>
/// <param name="Reason">Why.</param>
public sealed record Rejected(Rejection Reason) : IReply;

/// <summary>Everything that is wrong with a request, at once.</summary>
[method: JsonConstructor]
public sealed record InvalidRequest(ImmutableArray<string> Problems) : Rejection
{
    /// <summary>One problem.</summary>
    public InvalidRequest(string problem) : this([problem]) { }
    /// <inheritdoc/>
    public override string Text => string.Join("; ", Problems);
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Invalid;
}

/// <summary>A name or an id prefix that several things share.</summary>
/// <param name="What">What they are.</param>
/// <param name="Name">What was given.</param>
/// <param name="Matches">Some of them, at least two, with their short ids.</param>
/// <param name="By">What they share: <c>ID prefix</c> or <c>name</c>.</param>
public sealed record AmbiguousName(string What, string Name, ImmutableArray<string> Matches, string By = "ID prefix") : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"{What} {Name} is ambiguous ({Matches.Length} matches found based on {By}: {string.Join(", ", Matches)})";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Invalid;
}

/// <summary>The sender's id was used for something else.</summary>
public sealed record IdTaken(string Id) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"the id {Id} was used before; ids are never used twice";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Conflict;
}

/// <summary>No answer in time, or the journal failed: it may have been done. The same message with the same ids may be sent again; a command line makes new ids.</summary>
public sealed record OutcomeUnknown(string What) : Rejection
{
    /// <inheritdoc/>
    public override string Text => $"the outcome is unknown: {What}; look whether it was done before you ask again";
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Unknown;
}

/// <summary>The journal cannot be reached: what needs it has to wait, and what is known goes on.</summary>
/// <param name="Since">When that was found.</param>
/// <param name="Cause">How.</param>
public sealed record JournalUnavailable(DateTimeOffset Since, string Cause) : Rejection
{
    /// <inheritdoc/>
    public override string Text => string.Create(CultureInfo.InvariantCulture, $"the journal cannot be reached since {Since.UtcDateTime:HH:mm:ss}Z ({Cause}): nothing was changed; containers and names go on");
    /// <inheritdoc/>
    public override RejectionKind Kind => RejectionKind.Unavailable;
}
