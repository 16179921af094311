using NetworkCluster.Hosts;
using NetworkCluster.Networks;

namespace NetworkCluster.Endpoints;

/// <summary>Network to endpoint: this is your place; have it put into the kernel. Idempotent; a newer incarnation takes over.</summary>
/// <param name="Endpoint">The facts.</param>
/// <param name="Incarnation">The life of the host it is bound under.</param>
/// <param name="Network">What the network is.</param>
/// <param name="Revision">The view's revision that holds it; the agent answers only when it knows that revision, so that names resolve when the reply comes.</param>
public sealed record BindEndpoint(AttachedEndpoint Endpoint, Incarnation Incarnation, NetworkSpec Network, long Revision) : ICommand
{
    /// <summary>Whether the other hosts are told of it at the same time; otherwise they know it.</summary>
    public bool IsNews { get; init; }

    /// <summary>The view's revision that gave it this place: the same however often it is said.</summary>
    public long? Placed { get; init; }

    EntityKey IAddressed.Entity => new(EntityKind.Endpoint, Endpoint.Id.ToString());
}

/// <summary>Network to endpoint: the wish of a stopped container was accepted.</summary>
public sealed record ConfigureEndpoint(AttachedEndpoint Endpoint) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Endpoint, Endpoint.Id.ToString());
}

/// <summary>Agent to endpoint: the kernel has it, it answers ping and DNS; or why not.</summary>
public sealed record EndpointApplied(BindEndpoint Bind, Rejection? Failure = null) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Endpoint, Bind.Endpoint.Id.ToString());
}

/// <summary>Host to endpoint: leave the network. Idempotent. The name leaves DNS and the address is free when it is answered.</summary>
/// <param name="Endpoint">Which.</param>
/// <param name="Incarnation">The life of the host that asks: one bound under a newer life stays.</param>
/// <param name="Forget">True: the wish is gone too (disconnect, rm). False: it is kept for the next start, and so is a fixed address.</param>
/// <param name="HostLost">Whether the host is gone: its kernel is not asked.</param>
public sealed record UnbindEndpoint(EndpointSpec Endpoint, Incarnation Incarnation, bool Forget, bool HostLost = false) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Endpoint, Endpoint.Id.ToString());
}

/// <summary>Agent to endpoint: it is out of the kernel and DNS.</summary>
public sealed record EndpointWithdrawn(UnbindEndpoint Withdrawal) : ICommand
{
    EntityKey IAddressed.Entity => new(EntityKind.Endpoint, Withdrawal.Endpoint.Id.ToString());
}

/// <summary>
/// Network to agent, while its journal writes: this is what the endpoint is about to say. The kernel may begin; nothing is answered, and where it is not said within two seconds, it is taken
/// out again. Only for speed: whoever loses it loses nothing.
/// </summary>
public sealed record PrepareEndpoint(BindEndpoint Bind) : IAddressed
{
    EntityKey IAddressed.Entity => new(EntityKind.Agent, Bind.Endpoint.Spec.Host.ToString());
}

/// <summary>Endpoint to agent: put it into the kernel.</summary>
public sealed record ProgramEndpoint(BindEndpoint Bind) : IAddressed
{
    EntityKey IAddressed.Entity => new(EntityKind.Agent, Bind.Endpoint.Spec.Host.ToString());
}

/// <summary>Agent to agent: what is on my host reaches your endpoint now. Nobody waits for it forever.</summary>
/// <param name="Endpoint">The endpoint that came.</param>
/// <param name="Host">The host it is on.</param>
/// <param name="By">The host that reaches it.</param>
public sealed record EndpointReachable(EndpointId Endpoint, HostId Host, HostId By) : IAddressed
{
    /// <summary>As its network had it at this revision: what is said of an earlier place of it, says nothing of a later one. None: of whichever.</summary>
    public long? Revision { get; init; }
    EntityKey IAddressed.Entity => new(EntityKind.Agent, Host.ToString());
}

/// <summary>Endpoint to agent: take it out of the kernel and DNS.</summary>
public sealed record WithdrawEndpoint(UnbindEndpoint Withdrawal) : IAddressed
{
    EntityKey IAddressed.Entity => new(EntityKind.Agent, Withdrawal.Endpoint.Host.ToString());
}
