namespace NetworkCluster.Entities;

/// <summary>Requests that were said again and answered, the last ones: the first of each may still be on its way to their entity, and its time is over. In memory, one for each entity.</summary>
internal sealed class Repeats
{
    private const int Most = 256;

    private readonly Queue<long> _answered = [];

    /// <summary>Whether it is the first one of a request whose repetition has had its answer.</summary>
    public bool IsOver(IAddressed command) => command is Request { Number: { } number, Again: not true } && _answered.Contains(number);

    /// <summary>It is about to be answered.</summary>
    public void Answers(IAddressed command)
    {
        if (command is not Request { Number: { } number, Again: true } || _answered.Contains(number)) return;
        if (_answered.Count == Most) _answered.Dequeue();
        _answered.Enqueue(number);
    }
}
