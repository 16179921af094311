namespace NetworkCluster.Agents;

/// <summary>Work for one container, or one network, in the order it came; different ones side by side. Owned by the agent; the work itself runs elsewhere.</summary>
internal sealed class Lanes<TLane> where TLane : notnull
{
    private readonly Dictionary<TLane, (Task Last, int Pending)> _lanes = [];

    /// <summary>Begins the work when everything before it in the lane is over, well or not.</summary>
    public void Run(TLane lane, Func<Task> work)
    {
        var (last, pending) = _lanes.GetValueOrDefault(lane, (Task.CompletedTask, 0));
        _lanes[lane] = (AfterAsync(last, work), pending + 1);
    }

    /// <summary>One piece of work has been noticed as over.</summary>
    public void Finished(TLane lane)
    {
        var (last, pending) = _lanes[lane];
        if (pending == 1) _lanes.Remove(lane);
        else _lanes[lane] = (last, pending - 1);
    }

    private static async Task AfterAsync(Task before, Func<Task> work)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        await work().ConfigureAwait(false);
    }
}
