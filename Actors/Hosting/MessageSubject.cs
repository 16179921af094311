using NetworkCluster.Containers;
using NetworkCluster.Endpoints;
using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Hosting;

/// <summary>What a message is about, by id, under the same names in every log line and span.</summary>
internal static class MessageSubject
{
    public const string Host = "host", Incarnation = "incarnation", Network = "network", Endpoint = "endpoint", Container = "container";

    /// <summary>All ids that it names; of several endpoints none.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> Of(IMessage message)
    {
        var subject = (message as IAddressed)?.Entity;
        if (EndpointOf(message) is { } endpoint)
        {
            yield return new(Host, endpoint.Host.ToString());
            yield return new(Network, endpoint.Network.ToString());
            yield return new(Endpoint, endpoint.Id.ToString());
            yield return new(Container, endpoint.Container.ToString());
        }
        else
        {
            if (HostOf(message) is { } host) yield return new(Host, host.ToString());
            else if (subject is { Kind: EntityKind.Host or EntityKind.Agent, Id: var name }) yield return new(Host, name);
            if (NetworkOf(message) is { } network) yield return new(Network, network.ToString());
            else if (subject is { Kind: EntityKind.Network, Id: var id }) yield return new(Network, id);
            if (subject is { Kind: EntityKind.Endpoint, Id: var of }) yield return new(Endpoint, of);
            if (message is EndpointReachable { Endpoint: var reached }) yield return new(Endpoint, reached.ToString());
            if (ContainerOf(message) is { } container) yield return new(Container, container.ToString());
        }

        if (IncarnationOf(message) is { } incarnation) yield return new(Incarnation, incarnation.ToString());
    }

    private static EndpointSpec? EndpointOf(IMessage message) => message switch
    {
        ConnectContainer connect => connect.Endpoint,
        EndpointSettled settled => settled.Endpoint,
        EndpointOut left => left.Withdrawal.Endpoint,
        AttachEndpoint attach => attach.Endpoint,
        CompleteAttach complete => complete.Attach.Endpoint,
        AllocateAddress allocate => allocate.Attach.Endpoint,
        DetachEndpoint detach => detach.Withdrawal.Endpoint,
        AddressGivenBack back => back.Detach.Withdrawal.Endpoint,
        ReleaseAddress { Detach: { } detach } => detach.Withdrawal.Endpoint,
        BindEndpoint bind => bind.Endpoint.Spec,
        ConfigureEndpoint configure => configure.Endpoint.Spec,
        EndpointApplied applied => applied.Bind.Endpoint.Spec,
        UnbindEndpoint unbind => unbind.Endpoint,
        EndpointWithdrawn withdrawn => withdrawn.Withdrawal.Endpoint,
        PrepareEndpoint prepare => prepare.Bind.Endpoint.Spec,
        ProgramEndpoint program => program.Bind.Endpoint.Spec,
        WithdrawEndpoint withdraw => withdraw.Withdrawal.Endpoint,
        ViewChanged { Attached: { } attached } => attached.Spec,
        _ => null,
    };

    private static NetworkId? NetworkOf(IMessage message) => message switch
    {
        CreateNetwork create => create.Request.Id,
        RemoveNetwork remove => remove.Id,
        UpdateNetwork update => update.Id,
        Services.RequestNetwork request => request.Request.Id,
        Services.WatchNetwork watch => watch.Network,
        DisconnectContainer disconnect => disconnect.Network,
        RenameNetwork rename => rename.Network,
        ReserveAddress reserve => reserve.Network,
        EndReservation end => end.Network,
        ReleaseAddress release => release.Network,
        ConfirmHolders confirm => confirm.Network,
        OpenPool open => open.Spec.Id,
        ClosePool close => close.Dismantle.Spec.Id,
        ApplyNetwork apply => apply.Spec.Id,
        WithdrawNetwork withdraw => withdraw.Dismantle.Spec.Id,
        ConfirmNetwork confirm => confirm.Spec.Id,
        AbandonNetwork abandon => abandon.Spec.Id,
        UnregisterNetwork unregister => unregister.Spec.Id,
        KeepNetwork keep => keep.Spec.Id,
        ViewChanged changed => changed.Spec.Id,
        ViewSnapshot snapshot => snapshot.View.Spec.Id,
        _ => null,
    };

    private static HostId? HostOf(IMessage message) => message is IContainerCommand { Host: var host } ? host : null;

    private static ContainerId? ContainerOf(IMessage message) => message switch
    {
        IContainerCommand command => command.Container,
        StartSandbox start => start.Container.Id,
        RunCommand run => run.Container.Id,
        EndCommand end => end.Container,
        StopSandbox stop => stop.Container,
        _ => null,
    };

    private static Incarnation? IncarnationOf(IMessage message) => message switch
    {
        EndpointSettled settled => settled.Incarnation,
        AttachEndpoint attach => attach.Incarnation,
        BindEndpoint bind => bind.Incarnation,
        EndpointApplied applied => applied.Bind.Incarnation,
        PrepareEndpoint prepare => prepare.Bind.Incarnation,
        ProgramEndpoint program => program.Bind.Incarnation,
        UnbindEndpoint unbind => unbind.Incarnation,
        WithdrawEndpoint withdraw => withdraw.Withdrawal.Incarnation,
        StartSandbox start => start.Incarnation,
        RunCommand run => run.Incarnation,
        EndCommand end => end.Incarnation,
        StopSandbox stop => stop.Incarnation,
        _ => null,
    };
}
