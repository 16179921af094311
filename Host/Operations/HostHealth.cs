using Akka.Actor;
using Akka.Cluster;
using NetworkCluster.Hosting;

namespace NetworkCluster.Operations;

/// <summary>What this process is able to do now, and if not, why. For all threads.</summary>
internal sealed class HostHealth
{
    // An actor that does nothing else answers within milliseconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private volatile HostNode? _node;
    private volatile string? _notYet = "the host is starting";

    /// <summary>It has begun to join its cluster.</summary>
    public void Begin(HostNode node) => (_node, _notYet) = (node, "the host joins its cluster, and takes over what lives of its containers");

    /// <summary>Its edges answer.</summary>
    public void Up() => _notYet = null;

    /// <summary>It was told to end.</summary>
    public void End() => _notYet = "the host was told to end";

    /// <summary>Why it should be started anew: nothing of it will be better by waiting. None: it lives. A journal that is away is no reason.</summary>
    public async Task<string?> WhyDeadAsync(CancellationToken cancel)
    {
        if (_node is not { System: var system }) return null;
        if (system.WhenTerminated.IsCompleted) return "the other hosts have removed this one from the cluster";
        try
        {
            await system.ActorSelection("/user/agents").Ask<ActorIdentity>(new Identify(null), Patience, cancel);
            return null;
        }
        catch (AskTimeoutException)
        {
            return $"actors of this process have not answered for {Patience.TotalSeconds:0} s";
        }
    }

    /// <summary>Why commands should go to other hosts meanwhile; empty: it takes them.</summary>
    public IReadOnlyList<string> WhyNotReady()
    {
        var why = new List<string>();
        if (_notYet is { } notYet) why.Add(notYet);
        if (_node is not { } node) return why;
        if (_notYet is null && node.Cluster.SelfMember.Status != MemberStatus.Up) why.Add($"as a member of the cluster this process is {node.Cluster.SelfMember.Status.ToString().ToLowerInvariant()}");
        if (node.Journal.Outage is { } outage) why.Add(outage.Refusal.Reason.Text);
        return why;
    }
}
