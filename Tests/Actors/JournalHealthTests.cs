using NetworkCluster.Entities;
using Xunit;

namespace NetworkCluster.Tests.Actors;

public sealed class JournalHealthTests
{
    private static readonly EntityKey Key = new(EntityKind.Host, "host1");
    private static readonly DateTimeOffset Then = DateTimeOffset.UnixEpoch;

    [Fact]
    public void What_an_entity_knew_is_kept_until_it_has_recovered_also_when_the_journal_seems_back_for_a_moment()
    {
        var health = new JournalHealth();
        health.Watch();
        health.Doubt(new IOException("gone"), Then);
        health.Remember(Key, "known");
        Assert.Equal([Key], health.Regain());
        health.Doubt(new IOException("gone again"), Then);
        health.Remember(Key, null); // it could not be read
        Assert.Equal("known", health.Recall(Key));
        health.Forget(Key);
        Assert.Empty(health.Regain());
    }

    [Fact]
    public void One_without_room_is_known_as_such_until_it_has_taken_a_write()
    {
        var health = new JournalHealth();
        health.Deny("full", Then);
        Assert.False(health.IsFull); // nobody watches
        health.Watch();
        var doubt = health.NextDoubt();
        health.Deny("full", Then);
        Assert.True(health.IsFull && doubt.IsCompleted);
        Assert.Equal("full", health.Outage!.Cause);
        // Who only reads does not mind, unless it goes meanwhile.
        Assert.True(health.CanBeRead);
        health.Lose("gone", Then);
        Assert.False(health.CanBeRead);
        health.Lose("still full", Then, readable: true);
        Assert.True(health.CanBeRead);
        Assert.Equal("full", health.Outage!.Cause);
        health.Regain();
        health.Doubt(new IOException("gone"), Then);
        Assert.False(health.CanBeRead);
        health.Regain();
        Assert.False(health.IsFull);
        Assert.Null(health.Outage);
    }

    [Fact]
    public async Task A_doubt_is_an_outage_until_the_watcher_has_looked_and_nothing_where_nobody_watches()
    {
        var health = new JournalHealth();
        health.Doubt(new IOException("gone"), Then);
        Assert.Null(health.Outage);
        health.Watch();
        var doubt = health.NextDoubt();
        health.Doubt(new IOException("gone"), Then);
        await doubt;
        var outage = health.Outage!;
        Assert.Equal("gone", outage.Cause);
        Assert.False(health.NextDoubt().IsCompleted);
        health.Regain();
        await outage.Over;
        Assert.Null(health.Outage);
    }
}
