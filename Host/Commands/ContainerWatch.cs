using NetworkCluster.Containers;
using NetworkCluster.Gateway;

namespace NetworkCluster.Commands;

/// <summary>Waits for what becomes of a container of this host, by looking again and again.</summary>
/// <param name="gateway">Where it is looked for.</param>
/// <param name="lookEvery">How often.</param>
/// <param name="time">The clock.</param>
internal sealed class ContainerWatch(IClusterGateway gateway, TimeSpan lookEvery, TimeProvider time)
{
    /// <summary>Returns when it is so; none is one that is not there.</summary>
    /// <returns>The last that was seen of it: none where it was gone before.</returns>
    public async Task<ContainerView?> UntilAsync(ContainerId id, Func<ContainerView?, bool> so, CancellationToken cancel)
    {
        ContainerView? last = null;
        while (true)
        {
            var reply = await gateway.SendAsync(new FindContainer(gateway.Host, id.ToString()), cancel);
            var now = reply as ContainerView;
            last = now ?? last;
            if (now is not null || reply is Rejected { Reason: ContainerNotFound })
            {
                if (so(now)) return last;
            }

            await Task.Delay(lookEvery, time, cancel);
        }
    }
}
