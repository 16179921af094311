using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Serialization;
using NetworkCluster.Serialization;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>Somebody at the remoting port of a real host, without TLS, who speaks Akka and means no good: nothing of what is named comes into being, and the host goes on.</summary>
[Trait("Category", "Kernel")]
public sealed class HostilePayloadTests : IAsyncLifetime, IDisposable
{
    private const int Port = 23771;

    // Whoever makes what this names opens an inotify instance: seen from outside, by a type that every .NET process has.
    private const string Watcher = """{"$type":"System.IO.FileSystemWatcher, System.IO.FileSystem.Watcher","Path":"/tmp","EnableRaisingEvents":true}""";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly HostUnderTest _host = new("hop", more: ["--set", $"akka.remote.dot-netty.tcp.port={Port}"]);
    private readonly ActorSystem _attacker = ActorSystem.Create("attacker", ConfigurationFactory.ParseString($$"""
        akka {
          loglevel = OFF
          stdout-loglevel = OFF
          actor {
            provider = remote
            serializers {
              unsafe = "{{typeof(AsNewtonsoft).AssemblyQualifiedName}}"
              unknown = "{{typeof(AsUnknownManifest).AssemblyQualifiedName}}"
              truncated = "{{typeof(AsBrokenMessage).AssemblyQualifiedName}}"
              daemon-create = "Akka.Remote.Serialization.DaemonMsgCreateSerializer, Akka.Remote"
            }
            serialization-bindings {
              "{{typeof(Unsafe).AssemblyQualifiedName}}" = unsafe
              "{{typeof(Unknown).AssemblyQualifiedName}}" = unknown
              "{{typeof(Broken).AssemblyQualifiedName}}" = truncated
            }
          }
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        }
        """).WithFallback(WireConfig.Default));

    public Task InitializeAsync() => _host.StartAsync();

    public async Task DisposeAsync()
    {
        await _attacker.Terminate();
        await _host.DisposeAsync();
    }

    public void Dispose() => _attacker.Dispose();

    [KernelFact]
    public async Task What_a_message_names_is_not_made()
    {
        // The trap is one: Akka's own serializer falls into it.
        using var plain = ActorSystem.Create("plain");
        using (var made = Assert.IsType<FileSystemWatcher>(new NewtonSoftJsonSerializer((ExtendedActorSystem)plain).FromBinary(Encoding.UTF8.GetBytes(Watcher), typeof(object)))) Assert.True(made.EnableRaisingEvents);
        await plain.Terminate();

        var before = Watchers();
        var agents = _attacker.ActorSelection($"akka.tcp://network-cluster@127.0.0.1:{Port}/user/agents");
        foreach (var (message, sentence) in new (object, string)[]
        {
            (new Unsafe(1), "Cannot find serializer with id [1]"),
            (new Unsafe(RefusingId), "refused: nothing is made of what names its own type"),
            (new Unknown(), "unknown manifest 'no-such-thing'"),
            (new Broken(), "create-network"),
        })
        {
            agents.Tell(message);
            await SaysAsync(sentence);
            await AnswersAsync();
        }

        Assert.Equal(before, Watchers());
    }

    [KernelFact]
    public async Task Nobody_has_an_actor_made_on_a_host()
    {
        Assert.Null(await PlantedAsync("planted", Port));
        await SaysAsync("Cannot find serializer with id [3]");
        await AnswersAsync();

        // The trap is one: with Akka's own serializer the actor is there.
        await using var open = new HostUnderTest("hoq", more: ["--set", $"akka.remote.dot-netty.tcp.port={Port + 1}", "--set", "akka.actor.serializers.daemon-create=Akka.Remote.Serialization.DaemonMsgCreateSerializer, Akka.Remote"]);
        await open.StartAsync();
        Assert.NotNull(await PlantedAsync("fallen", Port + 1));
    }

    [KernelFact]
    public async Task Frames_that_are_none_or_too_long_end_their_connection_and_nothing_else()
    {
        var long1 = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(long1, int.MaxValue);
        foreach (var bytes in new[] { long1, Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), [4, 0, 0, 0, 0xff, 0xff, 0xff, 0xff], Frame(new byte[100_000]) })
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port);
            await client.GetStream().WriteAsync(bytes);
            using var limit = new CancellationTokenSource(Limit);
            // The end of the connection, in order or not.
            try
            {
                Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1024], limit.Token));
            }
            catch (IOException)
            {
                // Reset.
            }

            await AnswersAsync();
        }
    }

    private async Task<IActorRef?> PlantedAsync(string name, int port)
    {
        var planted = _attacker.ActorOf(Props.Create<DeadLetterListener>().WithDeploy(Deploy.None.WithScope(new RemoteScope(Address.Parse($"akka.tcp://network-cluster@127.0.0.1:{port}")))), name);
        return (await planted.Ask<ActorIdentity>(new Identify(name), Limit)).Subject;
    }

    private static byte[] Frame(byte[] body)
    {
        var frame = new byte[body.Length + 4];
        BinaryPrimitives.WriteInt32LittleEndian(frame, body.Length);
        body.CopyTo(frame, 4);
        return frame;
    }

    private async Task SaysAsync(string sentence)
    {
        try
        {
            await Eventually.IsSoAsync(Limit, () => Task.FromResult(_host.Output.Contains(sentence, StringComparison.Ordinal)));
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"the host did not say '{sentence}', but:\n{_host.Output}");
        }
    }

    private Task<string> AnswersAsync() => _host.Operator.DoneAsync("network", "ls");

    private int Watchers() => Directory.GetFiles($"/proc/{_host.ProcessId}/fd").Count(file => new FileInfo(file).LinkTarget?.Contains("inotify", StringComparison.Ordinal) == true);

    private const int RefusingId = 4712;

    private sealed record Unsafe(int Serializer);

    private sealed record Unknown;

    private sealed record Broken;

    /// <summary>Says that what it writes is Akka's own serializer's.</summary>
    private sealed class AsNewtonsoft(ExtendedActorSystem system) : Serializer(system)
    {
        private int _as = 1;

        public override int Identifier => _as;

        public override bool IncludeManifest => true;

        public override byte[] ToBinary(object obj)
        {
            _as = ((Unsafe)obj).Serializer;
            return Encoding.UTF8.GetBytes(Watcher);
        }

        public override object FromBinary(byte[] bytes, Type type) => throw new NotSupportedException();
    }

    private sealed class AsUnknownManifest(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => 4711;

        public override string Manifest(object o) => "no-such-thing";

        public override byte[] ToBinary(object obj) => "{}"u8.ToArray();

        public override object FromBinary(byte[] bytes, string manifest) => throw new NotSupportedException();
    }

    private sealed class AsBrokenMessage(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => 4711;

        public override string Manifest(object o) => "create-network";

        public override byte[] ToBinary(object obj) => "{\"request\":"u8.ToArray();

        public override object FromBinary(byte[] bytes, string manifest) => throw new NotSupportedException();
    }
}
