using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote.Transport;

namespace NetworkCluster.Serialization;

/// <summary>
/// Akka's transport over TLS, which ends the whole actor system when a handshake that it began does not come about (akka.net, pull request 7839): then one host whose certificate has run out, whose process is suspended,
/// or whose address somebody else has taken, would end all that call it. So a call is tried first on a connection of its own, once for each association; where that fails the other is not there, and nobody ends.
/// </summary>
public sealed class TlsTransport : Transport
{
    private const string Inner = "Akka.Remote.Transport.DotNetty.TcpTransport, Akka.Remote";

    private readonly Transport _inner;
    private readonly TlsIdentity _own;
    private readonly TimeSpan _patience;
    private readonly ILoggingAdapter _log;
    private readonly ConcurrentDictionary<Address, string> _told = new();

    // Who takes a connection is there. It may be busy, and each handshake that is given up is work for both that has to be done again.
    private const int HandshakePatience = 3;

    /// <summary>The constructor that Akka.NET looks for.</summary>
    public TlsTransport(ActorSystem system, Config config)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(config);
        (System, Config) = (system, config);
        _own = system.Settings.Setup.Get<Identity>() is { HasValue: true } setup ? setup.Value.Own : throw new ConfigurationException($"{nameof(TlsTransport)} is set up by {nameof(TlsIdentity)}.{nameof(TlsIdentity.Over)}");
        _inner = (Transport)Activator.CreateInstance(Type.GetType(Inner, throwOnError: true)!, system, config)!;
        _patience = config.GetTimeSpan("connection-timeout", TimeSpan.FromSeconds(15));
        _log = Logging.GetLogger(system, typeof(TlsTransport));
    }

    /// <summary>Carries a process's identity into the actor system.</summary>
    /// <param name="own">Must outlive it.</param>
    internal sealed class Identity(TlsIdentity own) : Setup
    {
        public TlsIdentity Own { get; } = own;
    }

    /// <inheritdoc/>
    public override string SchemeIdentifier => _inner.SchemeIdentifier;

    /// <inheritdoc/>
    public override long MaximumPayloadBytes => _inner.MaximumPayloadBytes;

    /// <inheritdoc/>
    public override Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen() => _inner.Listen();

    /// <inheritdoc/>
    public override bool IsResponsibleFor(Address remote) => _inner.IsResponsibleFor(remote);

    /// <inheritdoc/>
    public override Task<bool> ManagementCommand(object message) => _inner.ManagementCommand(message);

    /// <inheritdoc/>
    public override Task<bool> Shutdown() => _inner.Shutdown();

    /// <inheritdoc/>
    public override async Task<AssociationHandle> Associate(Address remoteAddress)
    {
        ArgumentNullException.ThrowIfNull(remoteAddress);
        if (await WhyNotThereAsync(remoteAddress).ConfigureAwait(false) is { } why)
        {
            // Called again several times a second: said once.
            if (!_told.TryGetValue(remoteAddress, out var told) || told != why) _log.Warning("{0} is not spoken to: {1}", remoteAddress, why);
            _told[remoteAddress] = why;
            throw new InvalidAssociationException($"{remoteAddress}: {why}");
        }

        _told.TryRemove(remoteAddress, out _);
        return await _inner.Associate(remoteAddress).ConfigureAwait(false);
    }

    private async Task<string?> WhyNotThereAsync(Address remote)
    {
        using var patience = new CancellationTokenSource(_patience);
        var (accepted, refused) = (false, (string?)null);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(remote.Host, remote.Port!.Value, patience.Token).ConfigureAwait(false);
            accepted = true;
            patience.CancelAfter(_patience * HandshakePatience);
            var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false);
            await using var ended = stream.ConfigureAwait(false);
            await stream.AuthenticateAsClientAsync(_own.Calling(remote.Host, (shown, chain) => refused = _own.WhyNoPeer(shown, chain)), patience.Token).ConfigureAwait(false);
            return null;
        }
        catch (Exception cause) when (cause is AuthenticationException or IOException or SocketException or OperationCanceledException)
        {
            return (refused, cause) switch
            {
                ({ } reason, _) => $"its certificate is not taken: {reason}; it needs one for server and client authentication that the authority in {_own.Files.Authority} has signed (docs/security.md)",
                (null, OperationCanceledException) => accepted ? "it takes too long to begin with TLS" : "nobody takes the connection",
                _ => cause.Message,
            };
        }
    }
}
