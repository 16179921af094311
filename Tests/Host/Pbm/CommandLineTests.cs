using System.Collections.Immutable;
using NetworkCluster.Commands;
using NetworkCluster.Pbm;
using NetworkCluster.Tests.Host.Commands;
using Xunit;

namespace NetworkCluster.Tests.Host.Pbm;

public sealed class CommandLineTests
{
    private static readonly ImmutableArray<PaletteSpec> Known = ClientPalettes.All;

    [Theory]
    [InlineData("network create --subnet=172.25.0.0/16 isolated_nw")]
    [InlineData("network create --subnet 172.25.0.0/16 isolated_nw")]
    [InlineData("network create isolated_nw --subnet 172.25.0.0/16")]
    [InlineData("network create --subnet=172.25.0.0/16 -- isolated_nw")]
    public void Options_and_arguments_come_in_any_order(string line) =>
        Assert.Equal("network=isolated_nw subnet=172.25.0.0/16", Parsed(line));

    [Theory]
    [InlineData("network create -d bridge n")]
    [InlineData("network create -dbridge n")]
    [InlineData("network create -d=bridge n")]
    [InlineData("network create --driver bridge n")]
    [InlineData("network create -d overlay --driver=bridge n")]
    public void A_short_option_takes_its_value_in_every_form_and_the_last_one_counts(string line) =>
        Assert.Equal("driver=bridge network=n", Parsed(line));

    [Fact]
    public void Repeated_options_keep_their_order() =>
        Assert.Equal(
            "aux-address=a=192.168.1.5|b=192.168.1.6 network=m subnet=192.168.0.0/16|192.170.0.0/16",
            Parsed("network create --subnet=192.168.0.0/16 --aux-address a=192.168.1.5 --subnet 192.170.0.0/16 --aux-address=b=192.168.1.6 m"));

    [Theory]
    [InlineData("network create --internal n", "internal=true network=n")]
    [InlineData("network create --internal=true n", "internal=true network=n")]
    [InlineData("network create --internal=false n", "network=n")]
    [InlineData("network create --internal true", "internal=true network=true")]
    public void A_switch_takes_no_word_after_it(string line, string parsed) => Assert.Equal(parsed, Parsed(line));

    [Theory]
    [InlineData("container run -itd --name=container1 busybox", "command=busybox detach=true interactive=true name=container1 tty=true")]
    [InlineData("container run -itd --name=c1", "detach=true interactive=true name=c1 tty=true")]
    [InlineData("container run -d true", "command=true detach=true")]
    [InlineData("container run --rm -e A=1 -eB=2 ping -c 1 --name x", "command=ping|-c|1|--name|x env=A=1|B=2 rm=true")]
    [InlineData("container run -d -- ls -l", "command=ls|-l detach=true")]
    [InlineData("container exec c1 ls -la --help", "command=ls|-la|--help container=c1")]
    [InlineData("container exec -i c1 sh -c 'echo $0'", "command=sh|-c|echo $0 container=c1 interactive=true")]
    [InlineData("container exec -it c1 grep -- -x", "command=grep|--|-x container=c1 interactive=true tty=true")]
    [InlineData("container exec c1 @file", "command=@file container=c1")]
    public void What_belongs_to_the_command_inside_is_passed_as_it_is(string line, string parsed) => Assert.Equal(parsed, Parsed(line));

    [Theory]
    [InlineData("network create -- -ab", "network=-ab")]
    [InlineData("network create -o com.docker.network.driver.mtu=1400 n", "network=n opt=com.docker.network.driver.mtu=1400")]
    [InlineData("network connect --link container5:c5 --ip 172.25.3.3 isolated_nw container4", "container=container4 ip=172.25.3.3 link=container5:c5 network=isolated_nw")]
    [InlineData("network rm a b c", "network=a|b|c")]
    [InlineData("network list -q", "quiet=true")]
    public void Dockers_own_lines_are_understood(string line, string parsed) => Assert.Equal(parsed, Parsed(line));

    [Theory]
    [InlineData("network create --subnets 10.0.0.0/8 n", "unknown option: --subnets, did you mean --subnet?")]
    [InlineData("network create --zzzzzz n", "unknown option: --zzzzzz")]
    [InlineData("network create -z n", "unknown option: -z")]
    [InlineData("container run -itz", "unknown option: -itz")]
    [InlineData("container exec -x c1 ls", "unknown option: -x")]
    [InlineData("network create", "\"pbm network create\" requires exactly 1 argument; see 'pbm network create --help'")]
    [InlineData("network connect onlyone", "\"pbm network connect\" requires exactly 2 arguments; see 'pbm network connect --help'")]
    [InlineData("network rm", "\"pbm network rm\" requires at least 1 argument; see 'pbm network rm --help'")]
    [InlineData("network ls extra", "\"pbm network ls\" accepts no arguments; see 'pbm network ls --help'")]
    [InlineData("container exec c1", "\"pbm container exec\" requires at least 2 arguments; see 'pbm container exec --help'")]
    public void What_makes_no_sense_is_named(string line, string problem) =>
        Assert.Equal(problem, Assert.Throws<UsageError>(() => Parsed(line)).Message);

    [Theory]
    [InlineData("network create n --subnet")]
    [InlineData("container exec --env")]
    public void An_option_without_its_value_is_refused_on_one_line(string line) =>
        Assert.DoesNotContain('\n', Assert.Throws<UsageError>(() => Parsed(line)).Message);

    [Fact]
    public void The_format_belongs_to_the_client_and_f_means_it_where_the_command_has_no_use_for_it()
    {
        Assert.Equal("{{.Id}}", Parse("network inspect -f {{.Id}} n")!.View.Format);
        Assert.Null(Parse("network ls -f driver=bridge")!.View.Format);
        Assert.Equal("filter=driver=bridge", Parsed("network ls -f driver=bridge"));
        Assert.True(Parse("network ls --json")!.View.Json);
    }

    [Fact]
    public void Help_wins_over_what_is_missing() => Assert.Null(Parse("network connect --help"));

    private static string Parsed(string line) =>
        string.Join(' ', Parse(line)!.Request.Arguments.Select(a => $"{a.Key}={string.Join('|', a.Value)}"));

    private static Call? Parse(string line)
    {
        var words = ShellWords.Split(line);
        var palette = Known.Single(p => p.Name == words[0]);
        return new CommandLine(palette, palette.Commands.Single(c => c.IsNamed(words[1]))).Parse([.. words.Skip(2)], new());
    }
}
