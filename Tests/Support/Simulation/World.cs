using NetworkCluster.Hosts;
using NetworkCluster.Ipam;
using NetworkCluster.Networks;

namespace NetworkCluster.Tests.Support.Simulation;

/// <summary>
/// One host in a box: all deciders with their journals, a kernel that outlives the process, and an agent between them, wired by queues. A seed decides which
/// queue is served next and what dies when, so that a failure can be played again. Messages from one to another keep their order; all else is up to the seed.
/// </summary>
internal sealed class World
{
    public const string Host = "host1";

    private readonly List<(string From, string To)> _pairs = [];
    private readonly Dictionary<(string From, string To), Queue<Action>> _queues = [];
    private readonly Dictionary<EntityKey, WorldEntity> _living = [];
    private readonly LinkedList<(EntityKey Owner, WorldEntity Of, IAddressed Message)> _timers = [];
    private int _life;

    public World(int seed, Faults faults)
    {
        (Random, Faults) = (new Random(seed), faults);
        Agent = new(this, NextToken());
        Agent.Start();
    }

    public Random Random { get; }

    public Faults Faults { get; set; }

    public Kernel Kernel { get; private set; } = new();

    public WorldAgent Agent { get; private set; }

    /// <summary>Every entity's facts, in order.</summary>
    public Dictionary<EntityKey, List<IEvent>> Journal { get; } = [];

    /// <summary>What happened, for the report of a broken law.</summary>
    public List<string> Log { get; } = [];

    /// <summary>Told of each process death, and whether the machine went down too.</summary>
    public Action<bool> OnProcessDeath { get; set; } = _ => { };

    public int Waiting => _pairs.Count;

    /// <summary>How many decisions were made.</summary>
    public int Decisions { get; private set; }

    public bool Chance(double of) => of > 0 && Random.NextDouble() < of;

    /// <summary>Puts something to do into the queue from one to another.</summary>
    public void Enqueue(string from, string to, Action deliver)
    {
        if (!_queues.TryGetValue((from, to), out var queue)) _queues[(from, to)] = queue = new();
        if (queue.Count == 0) _pairs.Add((from, to));
        queue.Enqueue(deliver);
    }

    public void Send(string from, IAddressed message, Action<IReply>? asker)
    {
        if (message.Entity.Kind == EntityKind.Agent)
        {
            Enqueue(from, "agent", () => Agent.Receive(message, asker));
            return;
        }

        Enqueue(from, message.Entity.ToString(), () => Deliver(message.Entity, message, asker));
    }

    /// <summary>One step: something dies, or one message is delivered.</summary>
    public void Step()
    {
        if (Chance(Faults.ProcessDies))
        {
            KillProcess(Chance(Faults.MachineDies));
        }
        else if (Chance(Faults.EntityDies) && _living.Count > 0)
        {
            Kill(_living.Keys.ElementAt(Random.Next(_living.Count)));
        }
        else if (Chance(Faults.Slow) && _timers.Last is { } latest)
        {
            Expire(latest);
        }
        else if (_pairs.Count > 0)
        {
            var at = Random.Next(_pairs.Count);
            var pair = _pairs[at];
            var queue = _queues[pair];
            var deliver = queue.Dequeue();
            if (queue.Count == 0) _pairs.RemoveAt(at);
            deliver();
        }
    }

    /// <summary>Serves all queues until nothing is left to do; then what is left of the time-outs.</summary>
    public void Drain()
    {
        for (var steps = 0; ; steps++)
        {
            if (steps > 200_000) throw new InvalidOperationException($"the messages never end:\n{string.Join('\n', Log.TakeLast(60))}");
            if (_pairs.Count > 0)
            {
                Step();
            }
            else if (!Agent.IsTold)
            {
                Agent.AskAgain();
            }
            else if (_timers.First is { } oldest)
            {
                Expire(oldest);
            }
            else
            {
                return;
            }
        }
    }

    public void KillProcess(bool machineToo)
    {
        Log.Add(machineToo ? "the machine dies" : "the process dies");
        _pairs.Clear();
        _queues.Clear();
        _living.Clear();
        _timers.Clear();
        if (machineToo) Kernel = new();
        OnProcessDeath(machineToo);
        Agent = new(this, NextToken());
        Agent.Start();
    }

    /// <summary>Whoever asks a pool for something brings it into memory; then it looks whether its holders are still there.</summary>
    public void WakePools()
    {
        foreach (var pool in Journal.Keys.Where(key => key.Kind == EntityKind.Pool).ToList()) Living(pool);
    }

    /// <summary>The entity's state as the next message would find it.</summary>
    public TState StateOf<TState>(EntityKind kind, string id) => (TState)Living(new(kind, id)).State;

    /// <summary>The entity's state as its journal has it; nobody is woken for that.</summary>
    public TState Journaled<TState>(IDecider<TState> decider, EntityKind kind, string id) => Journal.GetValueOrDefault(new(kind, id), []).Aggregate(decider.Empty(id), decider.Evolve);

    public HostState HostState => StateOf<HostState>(EntityKind.Host, Host);

    public AddressSpaceState Space => StateOf<AddressSpaceState>(EntityKind.AddressSpace, Host);

    public NetworkState Network(NetworkId id) => StateOf<NetworkState>(EntityKind.Network, id.ToString());

    public IEnumerable<WorldEntity> Living() => _living.Values;

    // A dead entity's time-outs died with it.
    private void Expire(LinkedListNode<(EntityKey Owner, WorldEntity Of, IAddressed Message)> timer)
    {
        _timers.Remove(timer);
        if (_living.GetValueOrDefault(timer.Value.Owner) == timer.Value.Of) Send("timer", timer.Value.Message, null);
    }

    private string NextToken() => $"life {++_life}";

    private void Kill(EntityKey key)
    {
        var mailboxToo = Chance(0.5);
        Log.Add($"{Short(key.ToString())} dies{(mailboxToo ? " with its mailbox" : "")}");
        _living.Remove(key);
        if (!mailboxToo) return;
        foreach (var pair in _pairs.Where(pair => pair.To == key.ToString()).ToList())
        {
            _queues[pair].Clear();
            _pairs.Remove(pair);
        }
    }

    private WorldEntity Living(EntityKey key)
    {
        if (_living.TryGetValue(key, out var entity)) return entity;
        var journal = Journal.GetValueOrDefault(key, []);
        entity = _living[key] = WorldEntity.Recover(key, journal, Random.Next(journal.Count + 1));
        foreach (var unfinished in entity.Resume()) Send(key.ToString(), unfinished, null);
        return entity;
    }

    private void Deliver(EntityKey key, IAddressed message, Action<IReply>? asker, bool first = true)
    {
        var entity = Living(key);
        if (entity.Repeats.IsOver(message)) return;
        var decision = entity.Decide(message);
        Decisions++;
        if (decision.Defer)
        {
            if (first) SendAll();
            entity.Stash.Add(() => Deliver(key, message, asker, first: false));
            return;
        }

        decision = entity.Repeats.Allow(message, decision);
        var facts = decision.Events.Where(fact => fact is not IEphemeralEvent).ToList();
        entity.Repeats.Take(message);
        Log.Add($"{Short(key.ToString())} <- {message.GetType().Name}{(message is Containers.IContainerCommand { Container: var about } ? $" {about.ToString()[..8]}" : "")}{(message is Containers.EndpointSettled { Failure: { } why } ? $" (refused: {why.Text})" : "")}: {string.Join(", ", decision.Events.Select(fact => fact.GetType().Name))}{(decision.Reply is { } said ? $" => {(said as Rejected)?.Reason.ToString() ?? said.GetType().Name}" : "")}");
        foreach (var needed in decision.Wakes) Living(needed);
        foreach (var hint in decision.Hints) Send(key.ToString(), hint, null);
        if (decision.SendsFirst) SendAll();
        if (facts.Count > 0)
        {
            if (!Journal.TryGetValue(key, out var journal)) Journal[key] = journal = [];
            if (Chance(Faults.JournalFails))
            {
                if (Chance(0.5)) journal.AddRange(facts);
                Kill(key);
                asker?.Invoke(new Rejected(new OutcomeUnknown("the journal failed")));
                return;
            }

            journal.AddRange(facts);
        }

        foreach (var fact in decision.Events) entity.Evolve(fact);
        if (!decision.SendsFirst) SendAll();
        foreach (var (_, later) in decision.Timers) _timers.AddLast((key, entity, later));
        if (decision.Reply is { } reply) asker?.Invoke(reply);
        if (!decision.Events.Any(fact => fact is IEphemeralEvent)) return;
        var waiting = entity.Stash.ToList();
        entity.Stash.Clear();
        foreach (var again in waiting) again();

        void SendAll()
        {
            foreach (var send in decision.Sends) Send(key.ToString(), send, asker);
            foreach (var order in decision.Orders) Send(key.ToString(), order, null);
        }
    }

    private static string Short(string key) => key.Length > 24 ? key[..24] : key;
}
