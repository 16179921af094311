using NetworkCluster.Agents;
using NetworkCluster.Dataplane;

namespace NetworkCluster.Linux.Netlink;

/// <summary>
/// Steps of one namespace, sent together as far as no step needs to know what an earlier one made. rtnetlink goes on after a refused message, so after a
/// failure later steps of the same send may have been applied: whoever planned them plans again from what is there.
/// </summary>
internal sealed class RtnetlinkBatch : IDisposable
{
    /// <summary>Acks wait in the socket's buffer until they are read: more than some hundred overflow it (ENOBUFS).</summary>
    private const int MessagesAtMost = 64;

    private readonly NetlinkSocket _socket;
    private readonly Func<string, string> _netnsPath;
    private readonly NetlinkWriter _writer = new();
    private readonly RtnetlinkSteps _steps;
    private readonly List<Step> _sent = [];
    private readonly List<int> _fds = [];
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    private bool _namesChange;

    public RtnetlinkBatch(NetlinkSocket socket, Func<string, string> netnsPath)
    {
        (_socket, _netnsPath) = (socket, netnsPath);
        _steps = new RtnetlinkSteps(_writer, IndexOf, OpenNetns);
    }

    /// <summary>Adds a step.</summary>
    /// <exception cref="DataplaneException">An earlier one failed.</exception>
    public void Add(Step step)
    {
        if (_writer.Count >= MessagesAtMost) Flush();
        // A retired link is asked for by its old name, before it loses it.
        if (_namesChange && NeedsIndex(step)) Flush();
        if (!_steps.Write(step)) throw new ArgumentException($"not a step of rtnetlink: {step}", nameof(step));
        while (_sent.Count < _writer.Count) _sent.Add(step);
        _namesChange |= RtnetlinkSteps.ChangesNames(step);
    }

    /// <summary>Sends what has gathered and hears the kernel's answer.</summary>
    /// <exception cref="DataplaneException">A step failed; the first is told.</exception>
    public void Flush()
    {
        if (_writer.Count == 0) return;
        var refused = _socket.Execute(_writer);
        foreach (var refusal in refused)
        {
            var step = _sent[refusal.MessageIndex];
            if (!IsGoneAlready(step, refusal.Errno)) throw new DataplaneException(step.ToString(), refusal.Message, refusal);
        }

        Reset();
    }

    /// <summary>Lets go of what was opened for the messages.</summary>
    public void Dispose() => Reset();

    private void Reset()
    {
        _writer.Clear();
        _sent.Clear();
        _indices.Clear();
        _namesChange = false;
        foreach (var fd in _fds) _ = Native.Close(fd);
        _fds.Clear();
    }

    private static bool NeedsIndex(Step step) => step is AddVeth or SetMaster or Retire or Reuse or AddAddress or DeleteAddress or AddRoute or DeleteRoute or AddForwarding or DeleteForwarding or AddNeighbour or DeleteNeighbour;

    private static bool IsGoneAlready(Step step, int errno) => step switch
    {
        Retire or DeleteLink or DeleteGroup => errno == Native.Enodev,
        DeleteAddress => errno is Native.Enodev or Native.Eaddrnotavail,
        DeleteForwarding or DeleteNeighbour => errno is Native.Enodev or Native.Enoent or Native.Einval,
        DeleteRoute => errno is Native.Enodev or Native.Esrch,
        _ => false,
    };

    private int IndexOf(string name)
    {
        if (!_indices.TryGetValue(name, out var index)) _indices[name] = index = RtnetlinkObserver.IndexOf(_socket, name);
        return index;
    }

    private int OpenNetns(string sandbox)
    {
        var fd = Native.OpenRead(_netnsPath(sandbox));
        _fds.Add(fd);
        return fd;
    }
}
