using Xunit;

namespace NetworkCluster.Tests.Messages;

public sealed class EntityKeyTests
{
    [Fact]
    public void A_persistence_id_names_its_entity_and_no_others()
    {
        foreach (var kind in Enum.GetValues<EntityKind>().Except([EntityKind.Agent]))
        {
            var key = new EntityKey(kind, "a/b");
            Assert.Equal(key, EntityKey.OfPersistenceId(key.PersistenceId));
        }

        foreach (var other in (string[])["", "host", "/host1", "agent/host1", "Host/host1"]) Assert.Null(EntityKey.OfPersistenceId(other));
    }
}
