namespace NetworkCluster.Entities;

/// <summary>Requests that were taken, the last ones, by their numbers: what was said again of them, or first and comes late, is not done a second time. In memory, one for each entity.</summary>
internal sealed class Repeats
{
    private const int Most = 256;

    private readonly Queue<long> _order = [];
    private readonly HashSet<long> _taken = [];

    /// <summary>Whether it is the first one of a request whose repetition was taken: that one has the answer.</summary>
    public bool IsOver(IAddressed command) => command is Request { Again: not true } && WasTaken(command);

    /// <summary>Whether it was taken before. What that one began is carried on and answered; where it has come to its end, nothing begins anew: somebody may have been told that it was refused, or may have undone it.</summary>
    public bool WasTaken(IAddressed command) => command is Request { Number: { } number } && _taken.Contains(number);

    /// <summary>The answer to a repetition with which something would begin anew.</summary>
    public static Decision Ended(IAddressed command) => Decision.Refuse(new OutcomeUnknown($"{command.GetType().Name} was said again, and the first one has come to an end since"));

    /// <summary>It is about to be done, or refused.</summary>
    public void Take(IAddressed command)
    {
        if (command is not Request { Number: { } number } || !_taken.Add(number)) return;
        if (_order.Count == Most) _taken.Remove(_order.Dequeue());
        _order.Enqueue(number);
    }
}
