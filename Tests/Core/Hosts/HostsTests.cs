using System.Collections.Immutable;
using NetworkCluster.Hosts;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Core.Hosts;

public sealed class HostsTests
{
    private static readonly HostId Second = HostId.Parse("host2");

    [Fact]
    public void A_host_is_listed_once_by_name_however_often_it_says_so()
    {
        var hosts = New().When(new RegisterHost(Second));
        hosts.Journals(nameof(HostRegistered));
        hosts.When(new RegisterHost(Some.Host)).Journals(nameof(HostRegistered));
        hosts.When(new RegisterHost(Second)).DoesNothing();
        Assert.Equal("host1 host2", string.Join(' ', hosts.When(new ListHosts()).Replies<HostList>().Hosts));
        Assert.Equal("host1 host2", string.Join(' ', hosts.Recovered().When(new ListHosts()).Replies<HostList>().Hosts));
    }

    [Fact]
    public void Only_the_life_that_is_known_can_be_declared_lost()
    {
        var host = new Scenario<HostState>(new HostDecider(), "host1").When(new JoinHost(Some.Host, "b", [], DateTimeOffset.UnixEpoch));
        host.When(new DeclareHostLost(Some.Host, "a", DateTimeOffset.UnixEpoch)).DoesNothing();
        Assert.False(host.When(new GetHost(Some.Host)).Replies<HostView>().Lost);
        host.When(new DeclareHostLost(Some.Host, "b", DateTimeOffset.UnixEpoch)).Journals(nameof(HostLost));
        Assert.Equal((true, "b"), (host.When(new GetHost(Some.Host)).Replies<HostView>().Lost, host.When(new GetHost(Some.Host)).Replies<HostView>().Token));
    }

    private static Scenario<ImmutableSortedSet<string>> New() => new(new HostsDecider(), "global");
}
