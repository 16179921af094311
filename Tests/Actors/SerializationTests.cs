using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Serialization;
using System.Text;
using System.Text.Json;
using Akka.Serialization;
using Akka.TestKit.Xunit2;
using NetworkCluster.Hosts;
using NetworkCluster.Serialization;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Actors;

/// <summary>What is on the disk and on the wire. The approved bytes are those of journals out there: they are never edited, only added to.</summary>
public sealed class SerializationTests() : TestKit(EntityKit.Config)
{
    private static readonly Type[] Messages =
        [.. typeof(IMessage).Assembly.GetTypes().Where(type => typeof(IMessage).IsAssignableFrom(type) && type is { IsAbstract: false, IsInterface: false } && !typeof(IEphemeralEvent).IsAssignableFrom(type))];

    [Fact]
    public void Every_message_that_may_leave_the_process_has_a_manifest_of_its_own_and_a_form()
    {
        Assert.DoesNotContain(Messages, type => Manifests.Of(type) is null);
        Assert.Equal(Messages.Length, Manifests.Known.Count());
        Assert.All(Messages, type => Assert.Equal(type, Manifests.TypeOf(Manifests.Of(type)!)));
        Assert.All(Messages, type => Assert.NotNull(MessageJson.Default.GetTypeInfo(type)));
        Assert.All(Manifests.Known, manifest => Assert.Matches("^[a-z]+(-[a-z]+)*$", manifest));
    }

    [Fact]
    public void Every_refusal_has_a_name_on_the_wire()
    {
        var named = typeof(Rejection).GetCustomAttributes<System.Text.Json.Serialization.JsonDerivedTypeAttribute>().Select(attribute => attribute.DerivedType).ToHashSet();
        Assert.DoesNotContain(typeof(Rejection).Assembly.GetTypes(), type => type.IsSubclassOf(typeof(Rejection)) && !named.Contains(type));
    }

    [Fact]
    public void Every_refusal_is_read_back_on_the_other_side()
    {
        foreach (var named in typeof(Rejection).GetCustomAttributes<System.Text.Json.Serialization.JsonDerivedTypeAttribute>())
        {
            var read = Assert.IsType<Rejected>(Serializer.FromBinary(Encoding.UTF8.GetBytes($"{{\"reason\":{{\"reason\":\"{named.TypeDiscriminator}\"}}}}"), "rejected"));
            Assert.IsType(named.DerivedType, read.Reason);
        }

        Assert.Equal<string>(["one", "two"], Assert.IsType<InvalidRequest>(((Rejected)Serializer.FromBinary(Serializer.ToBinary(new Rejected(new InvalidRequest(["one", "two"]))), "rejected")).Reason).Problems);
    }

    [Fact]
    public void Every_journaled_fact_is_written_as_approved_and_read_back()
    {
        var facts = Messages.Where(type => typeof(IEvent).IsAssignableFrom(type)).ToHashSet();
        Assert.Equal(facts, Samples.Events.Select(sample => sample.GetType()).ToHashSet());

        var approved = Approved().ToHashSet();
        var missing = Samples.Events.Select(sample => (Serializer.Manifest(sample), Written(sample))).Where(line => !approved.Contains(line)).Select(line => $"{line.Item1} {line.Item2}").ToList();
        Assert.True(missing.Count == 0, $"not approved; if old journals still load, add to Approved/events.approved.txt and leave the old lines there:\n{string.Join('\n', missing)}");
    }

    [Fact]
    public void Whatever_was_ever_approved_still_loads_and_today_is_read_back_as_it_was()
    {
        Assert.All(Approved(), line => Assert.IsAssignableFrom<IEvent>(Serializer.FromBinary(Encoding.UTF8.GetBytes(line.Json), line.Manifest)));
        Assert.All(Samples.Events, sample => Assert.Equal(Written(sample), Written(Serializer.FromBinary(Serializer.ToBinary(sample), Serializer.Manifest(sample)))));
    }

    [Fact]
    public void What_services_say_and_hear_is_written_as_approved_and_whatever_was_ever_approved_is_still_read()
    {
        var approved = Approved("services.approved.txt").ToList();
        Assert.All(approved, line => Assert.IsAssignableFrom<IMessage>(Serializer.FromBinary(Encoding.UTF8.GetBytes(line.Json), line.Manifest)));
        var missing = Samples.Said.Select(sample => (Serializer.Manifest(sample), Written(sample))).Except(approved).Select(line => $"{line.Item1} {line.Item2}").ToList();
        Assert.True(missing.Count == 0, $"not approved; if what an older service says is still understood, add to Approved/services.approved.txt and leave the old lines there:\n{string.Join('\n', missing)}");
        Assert.All(Samples.Said, sample => Assert.Equal(Written(sample), Written(Serializer.FromBinary(Serializer.ToBinary(sample), Serializer.Manifest(sample)))));
    }

    [Fact]
    public void The_trace_of_a_message_travels_beside_it_and_an_older_host_reads_the_message_as_it_was()
    {
        var trace = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        foreach (var message in Samples.Said.Append(new ListHosts()))
        {
            var (plain, manifest) = (Written(message), Serializer.Manifest(message));
            var bytes = Serializer.ToBinary(MessageTrace.Note(Serializer.FromBinary(Encoding.UTF8.GetBytes(plain), manifest), trace));
            Assert.NotEqual(plain, Encoding.UTF8.GetString(bytes));
            Assert.Equal((trace.TraceId, trace.SpanId, true), MessageTrace.Of(Serializer.FromBinary(bytes, manifest)) is { } read ? (read.TraceId, read.SpanId, read.IsRemote) : default);
            // As every version reads that knows nothing of traces.
            var older = JsonSerializer.Deserialize(bytes, message.GetType(), MessageJson.Default)!;
            Assert.Equal((plain, null), (Written(older), MessageTrace.Of(older)));
            Assert.Null(MessageTrace.Of(Serializer.FromBinary(Encoding.UTF8.GetBytes(plain), manifest)));
        }
    }

    [Fact]
    public void A_snapshot_is_its_facts_and_comes_back_as_it_was()
    {
        var snapshot = new EntitySnapshot(Samples.Events);
        Assert.Same(Serializer, Sys.Serialization.FindSerializerFor(snapshot));
        var read = (EntitySnapshot)Serializer.FromBinary(Serializer.ToBinary(snapshot), Serializer.Manifest(snapshot));
        Assert.Equal(Scenario<object>.Text(snapshot.Facts), Scenario<object>.Text(read.Facts));
    }

    [Theory]
    [InlineData("no-such-thing")]
    [InlineData("")]
    [InlineData("System.String, mscorlib")]
    public void An_unknown_manifest_is_refused(string manifest) =>
        Assert.Throws<SerializationException>(() => Serializer.FromBinary("{}"u8.ToArray(), manifest));

    [Fact]
    public void What_is_no_message_of_ours_neither_leaves_nor_enters()
    {
        var serializer = Sys.Serialization.FindSerializerFor(new Poco("x"));
        Assert.IsType<RefusingSerializer>(serializer);
        Assert.Throws<SerializationException>(() => serializer.ToBinary(new Poco("x")));
        // Id 1 is Akka.NET's own serializer, which would make whatever type the sender names.
        var attack = Encoding.UTF8.GetBytes($"{{\"$type\":\"{typeof(Poco).AssemblyQualifiedName}\",\"Text\":\"x\"}}");
        Assert.ThrowsAny<Exception>(() => Sys.Serialization.Deserialize(attack, 1, typeof(Poco)));
    }

    private sealed record Poco(string Text);

    private SerializerWithStringManifest Serializer => (SerializerWithStringManifest)Sys.Serialization.FindSerializerForType(typeof(IMessage));

    private string Written(object message) => Encoding.UTF8.GetString(Serializer.ToBinary(message));

    private static IEnumerable<(string Manifest, string Json)> Approved(string file = "events.approved.txt", [CallerFilePath] string here = "") =>
        File.ReadLines(Path.Combine(Path.GetDirectoryName(here)!, "Approved", file)).Select(line => line.Split(' ', 2)).Select(parts => (parts[0], parts[1]));
}
