using System.Collections.Immutable;
using NetworkCluster.Containers;
using NetworkCluster.Hosts;
using NetworkCluster.Networks;

namespace NetworkCluster.Endpoints;

/// <summary>What an endpoint knows of its own life. Immutable.</summary>
public sealed record EndpointState
{
    /// <summary>The wish; none before it is known.</summary>
    public EndpointSpec? Spec { get; init; }
    /// <summary>The facts, while it has a place.</summary>
    public AttachedEndpoint? Attached { get; init; }
    /// <summary>Where it is in its life; none before it is known.</summary>
    public EndpointPhase? Phase { get; init; }
    /// <summary>The life of its host that it is, or was last, bound under.</summary>
    public Incarnation Incarnation { get; init; }
}

/// <summary>The life of one endpoint, fenced by the life of its host: what an earlier life of the host says late changes nothing.</summary>
public sealed class EndpointDecider : IDecider<EndpointState>
{
    /// <inheritdoc/>
    public EndpointState Empty(string id) => new();

    /// <inheritdoc/>
    public Decision Decide(EndpointState state, IAddressed message) => message switch
    {
        ConfigureEndpoint configure => Configure(state, configure.Endpoint),
        BindEndpoint bind => Bind(state, bind),
        EndpointApplied applied => Applied(state, applied),
        UnbindEndpoint unbind => Unbind(state, unbind),
        EndpointWithdrawn withdrawn => Withdrawn(state, withdrawn.Withdrawal),
        GetEndpoint get => state is { Spec: { } spec, Phase: { } phase }
            ? Decision.Answer(new EndpointView(spec, state.Attached, phase, state.Incarnation))
            : Decision.Refuse(new InvalidRequest($"no such endpoint: {get.Id}")),
        _ => Decision.Nothing,
    };

    private static Decision Configure(EndpointState state, AttachedEndpoint endpoint) => state.Phase == EndpointPhase.Deleted
        ? Decision.Send(new DetachEndpoint(new(endpoint.Spec, state.Incarnation, Forget: true)))
        : new()
        {
            Events =
            [
                // Its network says that the container is stopped: a place it still believes in came too late.
                .. state.Attached is null ? ImmutableArray<IEvent>.Empty : [new EndpointUnbound(endpoint.Id)],
                .. state.Phase is null || state.Spec?.NameEdition != endpoint.Spec.NameEdition ? [new EndpointConfigured(endpoint.Spec)] : ImmutableArray<IEvent>.Empty,
            ],
            Sends = [new EndpointSettled(endpoint.Spec, state.Incarnation, null, null)],
        };

    private static Decision Bind(EndpointState state, BindEndpoint bind)
    {
        // It was told to leave before the network's answer came: the place goes back.
        if (state.Phase == EndpointPhase.Deleted) return Decision.Send(new DetachEndpoint(new(bind.Endpoint.Spec, bind.Incarnation, Forget: true)));
        if (state.Incarnation.Value > bind.Incarnation.Value) return Decision.Nothing;
        var again = state.Attached is not null && state.Incarnation == bind.Incarnation && state.Phase is EndpointPhase.Attached or EndpointPhase.Programmed && state.Spec?.NameEdition == bind.Endpoint.Spec.NameEdition;
        // The kernel works while the journal writes: the wish and the place are facts of the host and the network, and an undo takes it out of the kernel whatever we know.
        return new() { Events = again ? [] : [new EndpointBound(bind.Endpoint, bind.Incarnation)], Sends = [new ProgramEndpoint(bind)], SendsFirst = true };
    }

    private static Decision Applied(EndpointState state, EndpointApplied applied)
    {
        var bind = applied.Bind;
        if (state.Incarnation != bind.Incarnation || state.Phase is not (EndpointPhase.Attached or EndpointPhase.Programmed)) return Decision.Nothing;
        if (applied.Failure is { } reason)
        {
            return new()
            {
                Events = [new EndpointFailed(bind.Endpoint.Id, bind.Incarnation, reason)],
                Sends = [new EndpointSettled(bind.Endpoint.Spec, bind.Incarnation, null, reason)],
            };
        }

        return new()
        {
            Events = state.Phase == EndpointPhase.Attached ? [new EndpointProgrammed(bind.Endpoint.Id, bind.Incarnation)] : [],
            Sends = [new EndpointSettled(bind.Endpoint.Spec, bind.Incarnation, bind.Endpoint, null)],
            // That it answers is so without the fact, and the fact dies with the host's life.
            SendsFirst = true,
        };
    }

    private static Decision Unbind(EndpointState state, UnbindEndpoint unbind) =>
        // Bound under a newer life than the one that says so: it stays.
        state.Incarnation.Value > unbind.Incarnation.Value ? Decision.Nothing
        : unbind.HostLost ? Withdrawn(state, unbind)
        : Decision.Send(new WithdrawEndpoint(unbind));

    private static Decision Withdrawn(EndpointState state, UnbindEndpoint unbind)
    {
        if (state.Incarnation.Value > unbind.Incarnation.Value) return Decision.Nothing;
        return new()
        {
            // One that was never configured is marked too, so that a late answer of its network finds it deleted.
            Events = unbind.Forget
                ? state.Phase == EndpointPhase.Deleted ? [] : [new EndpointDeleted(unbind.Endpoint.Id)]
                : state.Phase is null or EndpointPhase.Configured or EndpointPhase.Deleted ? [] : [new EndpointUnbound(unbind.Endpoint.Id)],
            Sends = [new DetachEndpoint(unbind)],
        };
    }

    /// <inheritdoc/>
    public EndpointState Evolve(EndpointState state, IEvent fact) => fact switch
    {
        EndpointConfigured configured => state with { Spec = configured.Spec, Phase = EndpointPhase.Configured },
        EndpointBound bound => state with { Spec = bound.Endpoint.Spec, Attached = bound.Endpoint, Phase = EndpointPhase.Attached, Incarnation = bound.Incarnation },
        EndpointProgrammed => state with { Phase = EndpointPhase.Programmed },
        EndpointFailed => state with { Phase = EndpointPhase.Failed },
        EndpointUnbound => state with { Attached = null, Phase = EndpointPhase.Configured },
        EndpointDeleted => state with { Attached = null, Phase = EndpointPhase.Deleted },
        _ => state,
    };

    /// <inheritdoc/>
    /// <remarks>Nothing: its host knows every endpoint it has and drives it.</remarks>
    public ImmutableArray<IAddressed> Resume(EndpointState state) => [];

    /// <inheritdoc/>
    public ImmutableArray<IEvent> Compact(EndpointState state)
    {
        if (state.Spec is not { } spec) return state.Phase == EndpointPhase.Deleted ? [new EndpointDeleted(default)] : [];
        if (state.Attached is not { } attached)
        {
            // The life it was last bound under keeps earlier ones out even now.
            IEvent last = state.Incarnation.Value == 0 ? new EndpointConfigured(spec) : new EndpointBound(new() { Spec = spec }, state.Incarnation);
            return state.Phase == EndpointPhase.Deleted ? [last, new EndpointDeleted(spec.Id)]
                : state.Incarnation.Value == 0 ? [last] : [last, new EndpointUnbound(spec.Id)];
        }

        return state.Phase switch
        {
            EndpointPhase.Programmed => [new EndpointBound(attached, state.Incarnation), new EndpointProgrammed(spec.Id, state.Incarnation)],
            EndpointPhase.Failed => [new EndpointBound(attached, state.Incarnation), new EndpointFailed(spec.Id, state.Incarnation, new OutcomeUnknown("see the journal"))],
            _ => [new EndpointBound(attached, state.Incarnation)],
        };
    }
}
