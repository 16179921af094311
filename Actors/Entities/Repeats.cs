namespace NetworkCluster.Entities;

/// <summary>Requests that were taken, the last ones, by their numbers: what was said again of them, or first and comes late, is not done a second time. In memory, one for each entity.</summary>
internal sealed class Repeats
{
    private const int Most = 256;

    private readonly Queue<long> _order = [];
    private readonly HashSet<long> _taken = [];

    /// <summary>Whether it is the first one of a request whose repetition was taken: that one has the answer.</summary>
    public bool IsOver(IAddressed command) => command is Request { Again: not true } && WasTaken(command);

    /// <summary>What is done about it. What the first one began is carried on and answered; where that has come to its end, nothing begins anew: somebody may have been told that it was refused, or may have undone it.</summary>
    public Decision Allow(IAddressed command, Decision decision) => WasTaken(command) && decision.Events.Any(fact => fact is not IEphemeralEvent)
        ? Decision.Refuse(new OutcomeUnknown($"{command.GetType().Name} was said again, and the first one has come to an end since"))
        : decision;

    private bool WasTaken(IAddressed command) => command is Request { Number: { } number } && _taken.Contains(number);

    /// <summary>It is about to be done, or refused.</summary>
    public void Take(IAddressed command)
    {
        if (command is not Request { Number: { } number } || !_taken.Add(number)) return;
        if (_order.Count == Most) _taken.Remove(_order.Dequeue());
        _order.Enqueue(number);
    }
}
