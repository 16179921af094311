using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Serialization;

/// <summary>
/// The short permanent names under which messages are journaled and sent. A name is never given to another type and never taken away while a journal may hold it;
/// type names are not on the wire, so that types may be renamed and moved.
/// </summary>
internal static class Manifests
{
    private static readonly (string Manifest, Type Type)[] All =
    [
        ("create-container", typeof(CreateContainer)),
        ("start-container", typeof(StartContainer)),
        ("stop-container", typeof(StopContainer)),
        ("remove-container", typeof(RemoveContainer)),
        ("connect-container", typeof(ConnectContainer)),
        ("disconnect-container", typeof(DisconnectContainer)),
        ("endpoint-settled", typeof(EndpointSettled)),
        ("endpoint-out", typeof(EndpointOut)),
        ("start-sandbox", typeof(StartSandbox)),
        ("sandbox-started", typeof(SandboxStarted)),
        ("run-command", typeof(RunCommand)),
        ("command-started", typeof(CommandStarted)),
        ("command-exited", typeof(CommandExited)),
        ("stop-sandbox", typeof(StopSandbox)),
        ("sandbox-stopped", typeof(SandboxStopped)),
        ("expire-operation", typeof(ExpireOperation)),
        ("container-done", typeof(ContainerDone)),
        ("container-created", typeof(ContainerCreated)),
        ("container-connected", typeof(ContainerConnected)),
        ("container-disconnecting", typeof(ContainerDisconnecting)),
        ("container-disconnected", typeof(ContainerDisconnected)),
        ("container-started", typeof(ContainerStarted)),
        ("container-stopping", typeof(ContainerStopping)),
        ("container-stopped", typeof(ContainerStopped)),
        ("container-removing", typeof(ContainerRemoving)),
        ("container-removed", typeof(ContainerRemoved)),
        ("list-containers", typeof(ListContainers)),
        ("find-container", typeof(FindContainer)),
        ("container-view", typeof(ContainerView)),
        ("container-list", typeof(ContainerList)),
        ("bind-endpoint", typeof(BindEndpoint)),
        ("configure-endpoint", typeof(ConfigureEndpoint)),
        ("endpoint-applied", typeof(EndpointApplied)),
        ("unbind-endpoint", typeof(UnbindEndpoint)),
        ("endpoint-withdrawn", typeof(EndpointWithdrawn)),
        ("program-endpoint", typeof(ProgramEndpoint)),
        ("withdraw-endpoint", typeof(WithdrawEndpoint)),
        ("endpoint-configured", typeof(EndpointConfigured)),
        ("endpoint-bound", typeof(EndpointBound)),
        ("endpoint-programmed", typeof(EndpointProgrammed)),
        ("endpoint-failed", typeof(EndpointFailed)),
        ("endpoint-unbound", typeof(EndpointUnbound)),
        ("endpoint-deleted", typeof(EndpointDeleted)),
        ("get-endpoint", typeof(GetEndpoint)),
        ("endpoint-view", typeof(EndpointView)),
        ("join-host", typeof(JoinHost)),
        ("declare-host-lost", typeof(DeclareHostLost)),
        ("host-welcome", typeof(HostWelcome)),
        ("rejoin-host", typeof(RejoinHost)),
        ("get-host", typeof(GetHost)),
        ("await-host", typeof(AwaitHost)),
        ("host-view", typeof(HostView)),
        ("host-joined", typeof(HostJoined)),
        ("host-lost", typeof(HostLost)),
        ("network-registered", typeof(NetworkRegistered)),
        ("network-confirmed", typeof(NetworkConfirmed)),
        ("network-removal-started", typeof(NetworkRemovalStarted)),
        ("network-removal-cancelled", typeof(NetworkRemovalCancelled)),
        ("network-unregistered", typeof(NetworkUnregistered)),
        ("get-taken-subnets", typeof(GetTakenSubnets)),
        ("taken-subnets", typeof(TakenSubnets)),
        ("reserve-address", typeof(ReserveAddress)),
        ("end-reservation", typeof(EndReservation)),
        ("expire-reservations", typeof(ExpireReservations)),
        ("keep-address", typeof(KeepAddress)),
        ("keep-settled", typeof(KeepSettled)),
        ("drop-address", typeof(DropAddress)),
        ("drop-settled", typeof(DropSettled)),
        ("reservation-made", typeof(ReservationMade)),
        ("reservation-gone", typeof(ReservationGone)),
        ("reservation-noted", typeof(ReservationNoted)),
        ("reservation-kept", typeof(ReservationKept)),
        ("reservation-ending", typeof(ReservationEnding)),
        ("reservation-ended", typeof(ReservationEnded)),
        ("address-kept", typeof(AddressKept)),
        ("address-dropped", typeof(AddressDropped)),
        ("relabel-network", typeof(RelabelNetwork)),
        ("network-relabelled", typeof(NetworkRelabelled)),
        ("open-pool", typeof(OpenPool)),
        ("close-pool", typeof(ClosePool)),
        ("allocate-address", typeof(AllocateAddress)),
        ("release-address", typeof(ReleaseAddress)),
        ("pool-opened", typeof(PoolOpened)),
        ("address-allocated", typeof(AddressAllocated)),
        ("address-released", typeof(AddressReleased)),
        ("pool-closed", typeof(PoolClosed)),
        ("get-pool", typeof(GetPool)),
        ("pool-view", typeof(PoolView)),
        ("create-network", typeof(CreateNetwork)),
        ("remove-network", typeof(RemoveNetwork)),
        ("establish-network", typeof(EstablishNetwork)),
        ("dismantle-network", typeof(DismantleNetwork)),
        ("network-pool-opened", typeof(NetworkPoolOpened)),
        ("network-pool-closed", typeof(NetworkPoolClosed)),
        ("apply-network", typeof(ApplyNetwork)),
        ("withdraw-network", typeof(WithdrawNetwork)),
        ("network-applied", typeof(NetworkApplied)),
        ("network-withdrawn", typeof(NetworkWithdrawn)),
        ("confirm-network", typeof(ConfirmNetwork)),
        ("abandon-network", typeof(AbandonNetwork)),
        ("unregister-network", typeof(UnregisterNetwork)),
        ("keep-network", typeof(KeepNetwork)),
        ("attach-endpoint", typeof(AttachEndpoint)),
        ("complete-attach", typeof(CompleteAttach)),
        ("detach-endpoint", typeof(DetachEndpoint)),
        ("address-given-back", typeof(AddressGivenBack)),
        ("network-removed", typeof(NetworkRemoved)),
        ("network-summary", typeof(NetworkSummary)),
        ("network-list", typeof(NetworkList)),
        ("network-created", typeof(NetworkCreated)),
        ("endpoint-attached", typeof(EndpointAttached)),
        ("endpoint-reserved", typeof(EndpointReserved)),
        ("endpoint-detached", typeof(EndpointDetached)),
        ("network-deleted", typeof(NetworkDeleted)),
        ("get-network", typeof(GetNetwork)),
        ("get-network-members", typeof(GetNetworkMembers)),
        ("network-members", typeof(NetworkMembers)),
        ("list-networks", typeof(ListNetworks)),
        ("find-network", typeof(FindNetwork)),
        ("view-changed", typeof(ViewChanged)),
        ("view-snapshot", typeof(ViewSnapshot)),
        ("request-view", typeof(RequestView)),
        ("network-view", typeof(NetworkView)),
        ("rejected", typeof(Rejected)),
    ];

    private static readonly Dictionary<string, Type> Types = All.ToDictionary(entry => entry.Manifest, entry => entry.Type);
    private static readonly Dictionary<Type, string> Names = All.ToDictionary(entry => entry.Type, entry => entry.Manifest);

    /// <summary>All names in order.</summary>
    public static IEnumerable<string> Known => Types.Keys.Order(StringComparer.Ordinal);

    /// <summary>The name of a message type; none where it may not leave the process.</summary>
    public static string? Of(Type type) => Names.GetValueOrDefault(type);

    /// <summary>The message type of a name; none for a name that we do not know.</summary>
    public static Type? TypeOf(string manifest) => Types.GetValueOrDefault(manifest);
}
