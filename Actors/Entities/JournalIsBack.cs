using Akka.Actor;

namespace NetworkCluster.Entities;

/// <summary>To an entity that waits: the journal can be reached again.</summary>
internal sealed class JournalIsBack
{
    private static readonly JournalIsBack Instance = new();

    /// <summary>Tells it when the outage is over; at once where there is none.</summary>
    public static void TellAfter(JournalOutage? outage, IActorRef entity) => (outage?.Over ?? Task.CompletedTask).PipeTo(entity, success: () => Instance);
}

/// <summary>Who asks.</summary>
internal static class Askers
{
    /// <summary>Whether somebody waits for an answer who may be told to ask again; otherwise the message carries on what began before, and must not get lost.</summary>
    public static bool IsAskedBy(this IAddressed message, IActorRef? sender) => message is IRequest or IQuery && !sender.IsNobody();
}
