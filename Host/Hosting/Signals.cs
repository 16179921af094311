using System.Runtime.InteropServices;

namespace NetworkCluster.Hosting;

/// <summary>Being told to end, however early that comes: SIGTERM, Ctrl-C, or the terminal's going away. Told again it is the same.</summary>
internal sealed class Signals(CancellationTokenSource told) : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations = [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        told.Cancel();
    }))];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }
}
