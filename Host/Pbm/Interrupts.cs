using System.Runtime.InteropServices;

namespace NetworkCluster.Pbm;

/// <summary>Ctrl-C and SIGTERM end the command that runs, not the client: the host hears of it because the connection closes.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private CancellationTokenSource _current = new();

    public Interrupts()
    {
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                _current.Cancel();
            }));
    }

    /// <summary>The token of the next command.</summary>
    public CancellationToken Next()
    {
        if (_current.IsCancellationRequested) _current = new();
        return _current.Token;
    }

    public void Dispose() => _registrations.ForEach(r => r.Dispose());
}
