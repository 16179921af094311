using System.Net;
using System.Net.Sockets;
using System.Text;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>The unchanged docker command line at the real process's socket, and clients that say nonsense there.</summary>
[Trait("Category", "Kernel")]
public sealed class DockerCliTests : IAsyncLifetime
{
    private readonly HostUnderTest _host = new("dkr");

    public Task InitializeAsync() => _host.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [KernelFact]
    public void The_guides_containers_meet_by_name()
    {
        Assert.Equal(64, Done("run -itd --name=container1 busybox").Length);
        Done("run -itd --name=container2 busybox");
        Done("network create -d bridge --subnet 172.25.0.0/16 isolated_nw");
        Done("network connect isolated_nw container2");
        Done("run --network=isolated_nw --ip=172.25.3.3 -itd --name=container3 busybox");
        Assert.Equal("172.25.3.3 172.25.0.1 isolated_nw", Done("inspect --format='{{range $name, $n := .NetworkSettings.Networks}}{{$n.IPAddress}} {{$n.Gateway}} {{$name}}{{end}}' container3"));
        Assert.Equal("container2 container3", string.Join(' ', Done("network inspect isolated_nw --format='{{range .Containers}}{{.Name}} {{end}}'").Trim().Split(' ').Order()));
        Assert.Contains("1 received", Done("exec container2 ping -w 4 -c 1 container3"), StringComparison.Ordinal);
        // No names on the default bridge, and no way between networks.
        Refused("Name or service not known", "exec container2 ping -c 1 -W 1 container1");
        Refused("100% packet loss", "exec container3 ping -c 1 -W 1 172.17.0.2");

        Done("run --network=isolated_nw -itd --name=container4 --link container5:c5 busybox");
        Done("run --network=isolated_nw -itd --name=container5 --network-alias app busybox");
        Assert.Contains("1 received", Done("exec container4 ping -w 4 -c 1 c5"), StringComparison.Ordinal);
        Assert.Contains("1 received", Done("exec container4 ping -w 4 -c 1 app"), StringComparison.Ordinal);
        Done("network disconnect isolated_nw container5");
        Done("network connect --link-local-ip 169.254.8.8 --alias app isolated_nw container5");
        Assert.Contains("1 received", Done("exec container4 ping -w 4 -c 1 app"), StringComparison.Ordinal);
        Assert.Contains("169.254.8.8/16", Done("exec container5 ip -br -4 addr"), StringComparison.Ordinal);
        Assert.Equal("[169.254.8.8]", Done("inspect -f '{{.NetworkSettings.Networks.isolated_nw.IPAMConfig.LinkLocalIPs}}' container5"));
        Refused("invalid link local IP address: 10.3.3.3", "network connect --link-local-ip 10.3.3.3 bridge container5");
        Done("network disconnect isolated_nw container5");
        Refused("Name or service not known", "exec container4 ping -c 1 -W 1 app");
        // Another name, in all its networks at once and in none of them twice.
        Done("rename container2 web");
        Assert.Contains("1 received", Done("exec container3 ping -w 4 -c 1 web"), StringComparison.Ordinal);
        Refused("Name or service not known", "exec container3 ping -c 1 -W 1 container2");
        Assert.Equal("web", Done("inspect -f '{{.Name}}' web").TrimStart('/'));
        Refused("The container name \"/container3\" is already in use", "rename web container3");
        Refused("Renaming a container with the same name", "rename web web");
        Refused("Invalid container name", "rename web w/b");
        Refused("No such container: container2", "rename container2 other");
        Done("rename web container2");
        Refused("has active endpoints: container2, container3, container4", "network rm isolated_nw");
        Done("rm -f container1 container2 container3 container4 container5");
        Assert.Equal("isolated_nw", Done("network rm isolated_nw"));
        Assert.Equal("", Done("ps -aq"));
    }

    [KernelFact]
    public void Commands_have_their_streams_and_exit_codes_and_settings_their_effect()
    {
        // What the container's own command says is kept as one stream; a further command's are two.
        Assert.Equal((3, "out\nerr\n", ""), Docker("run --rm busybox sh -c 'echo out; echo err >&2; exit 3'"));
        Assert.Equal("", Done("ps -aq"));
        // A command that is asked to end may finish its work, in its networks, for as long as it is given.
        Done("network create graceful");
        Done("run -d --name patient --network graceful busybox sh -c 'trap \"ping -c1 -W1 witness && exit 7\" TERM; echo ready; while :; do sleep 0.1; done'");
        Done("run -d --name witness --network graceful busybox");
        Client.RunIn("until docker logs patient | grep -q ready; do :; done");
        Done("stop patient");
        Assert.Equal("7", Done("inspect -f '{{.State.ExitCode}}' patient"));
        foreach (var (image, found) in new[] { ("busybox", "patient"), ("docker.io/library/busybox:latest", "patient"), ("busybox:2", ""), ("me/busybox", "") }) Assert.Equal(found, Done($"ps -a -f name=patient -f ancestor={image} --format '{{{{.Names}}}}'"));
        Assert.Contains("1 received", Done("logs patient"), StringComparison.Ordinal);
        Done("run -d --name stubborn --stop-signal INT --stop-timeout 600 busybox sh -c 'trap \"echo asked\" TERM; trap \"exit 8\" INT; echo ready; while :; do sleep 0.1; done'");
        Client.RunIn("until docker logs stubborn | grep -q ready; do :; done");
        Done("stop stubborn");
        Assert.Equal("8", Done("inspect -f '{{.State.ExitCode}}' stubborn"));
        // Two who stop it at once: the one without patience wins.
        Done("start stubborn");
        Client.RunIn("until [ $(docker logs stubborn | grep -c ready) = 1 ]; do :; done");
        Assert.Equal(0, Client.RunIn("timeout 100 docker stop -s TERM stubborn & stop=$!; until docker logs stubborn | grep -q asked; do :; done; docker kill stubborn && wait $stop").Code);
        Assert.Equal("137", Done("inspect -f '{{.State.ExitCode}}' stubborn"));
        Refused("invalid", "stop -t x patient");
        Done("rm patient stubborn");
        Done("rm -f witness");
        Done("network rm graceful");
        // What cannot be run is said at once, in the background too, with the code a shell would end with.
        foreach (var (options, command, code, why) in new (string, string, int, string)[]
        {
            ("-d --name lame", "no-such-program", 127, "executable file not found in $PATH"), ("--rm", "no-such-program", 127, "executable file not found in $PATH"),
            ("--rm", "/no/such", 127, "no such file or directory"), ("--rm -d", "/etc/passwd", 126, "permission denied"),
        })
        {
            var (lameCode, _, lameError) = Docker($"run {options} busybox {command}");
            Assert.Equal((code, true), (lameCode, lameError.Contains($"exec: \"{command}\": {why}", StringComparison.Ordinal)));
        }

        // As with Docker, it stays unless it was to go, as it was before, with the reason.
        Assert.Equal("created 127 0001-01-01T00:00:00Z true", Done("inspect -f '{{.State.Status}} {{.State.ExitCode}} {{.State.StartedAt}} {{ne .State.Error \"\"}}' lame"));
        Done("rm lame");
        foreach (var (options, why) in ((string, string)[])
        [
            ("-p 127.0.0.1:18081:80", "18081/tcp is published by container holds"), ("-p 9.9.9.9:1:80", "has no address 9.9.9.9"), ("--link never", "Cannot link to a non running container: /never"),
            ("--network full", "no available IPv4 addresses"), ("--network full --ip 10.51.0.2", "10.51.0.2 is held by fills"),
        ])
        {
            Assert.Equal("", Done("ps -aq"));
            Done("network create --subnet 10.51.0.0/30 full && docker run -d --name holds -p 127.0.0.1:18081:80 busybox && docker run -d --name fills --network full busybox && docker create --name never busybox");
            // The client waits until the container is gone.
            var (failedCode, _, failedError) = Client.RunIn($"timeout 8 docker run --rm --name fails {options} busybox true");
            Assert.True(failedCode == 125 && failedError.Contains(why, StringComparison.Ordinal), $"{options}: {failedCode} {failedError}");
            Assert.Equal("never fills holds", Done("ps -a --format '{{.Names}}'").ReplaceLineEndings(" "));
            Assert.Equal("never", Done("ps -l --format '{{.Names}}'"));
            Assert.Equal("never fills", Done("ps -n 2 --format '{{.Names}}'").ReplaceLineEndings(" "));
            foreach (var (filter, names) in ((string, string)[])
            [
                ("before=fills", "holds"), ("since=holds", "never fills"), ("since=holds -f before=never", "fills"), ("publish=18081", "holds"), ("publish=18000-18100/tcp", "holds"), ("publish=18081/udp", ""), ("expose=80", "holds"),
                ("status=paused", ""), ("status=dead -f status=created", "never"), ("exited=0", ""),
            ]) Assert.Equal(names, Done($"ps -f {filter} --format '{{{{.Names}}}}'").ReplaceLineEndings(" "));
            Refused("No such container: nobody", "ps -f before=nobody");
            Refused("publish is a port or a range", "ps -f publish=x");
            Done("rm -f never fills holds && docker network rm full");
        }

        Done("run -d --name web -p 127.0.0.1:18080:80 -e COLOUR=red --label tier=front nginx sleep 1000");
        Assert.Equal("web 127.0.0.1:18080->80/tcp", Done("ps --filter label=tier=front --format '{{.Names}} {{.Ports}}'"));
        Assert.Equal((7, "red 1\n", ""), Docker("exec -e X=1 web sh -c 'echo $COLOUR $X; exit 7'"));
        Assert.Equal((0, "out\n", "err\n"), Docker("exec web sh -c 'echo out; echo err >&2'"));
        Assert.Equal("typed", Done("exec -i web cat", "typed"));
        Assert.Equal("/usr/lib", Done("exec -w /usr/lib web pwd"));
        Refused("there is no directory /nope", "exec -w /nope web pwd");
        Refused("user nobody is not taken here", "exec -u nobody web id");
        Assert.Equal("nginx red", $"{Done("ps --filter name=web --format '{{.Image}}'")} {Done("inspect -f '{{index .Config.Env 0}}' web").Split('=')[1]}");
        Refused("18080/tcp is published by container web", "run -d --name other -p 18080:80 nginx sleep 1000");
        Done("stop web");
        Assert.Equal("exited", Done("inspect -f {{.State.Status}} web"));
        Assert.Matches("^Exited [(]\\d+[)] (Less than a second|1 second|\\d+ seconds) ago$", Done("ps -a --filter name=^/web$ --format '{{.Status}}'"));
        Done("start web");
        Assert.Matches("^Up (Less than a second|1 second|\\d+ seconds)$", Done("ps --filter name=^web$ --format '{{.Status}}'"));
        Assert.StartsWith("20", Done("inspect -f {{.State.StartedAt}} web"), StringComparison.Ordinal);
        Done("kill web");
        Done("rm web other");

        // An input that was asked for stays open, and ends with who attached where that was asked for.
        Done("run -itd --name shell busybox sh");
        Assert.Equal("running", Done("inspect -f {{.State.Status}} shell"));
        Done("rm -f shell");
        Assert.Equal("typed", Done("run -i --rm busybox cat", "typed\n"));

        // What a command has written is there until its container goes, and a container that goes by itself takes it along.
        Done("run -d --name says busybox sh -c 'seq 1 5; exec sleep 1000'");
        var limit = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(20);
        while (Done("logs says") != "1\n2\n3\n4\n5") Assert.True(TimeProvider.System.GetUtcNow() < limit, Done("logs says"));
        Assert.Equal("4\n5", Done("logs -n 2 says"));
        Refused("timestamps, since and until cannot be answered", "logs -t says");
        Done("kill says");
        Assert.Equal("5", Done("logs --follow --tail 1 says"));
        Done("rm says");
        Done("run -d --rm --name goes -t busybox sleep 1000");
        Assert.Equal("true true", Done("inspect -f '{{.HostConfig.AutoRemove}} {{.Config.Tty}}' goes"));
        Done("stop goes; timeout 20 sh -c 'while docker container inspect goes >/dev/null 2>&1; do :; done'");
        Refused("No such container: goes", "logs goes");

        // Where and as whom, and what has no effect is said.
        Assert.Equal("/tmp", Done("run --rm -w /tmp busybox pwd"));
        Refused("user nobody is not taken here", "run --rm -u nobody busybox id");
        Refused("there is no directory /nope", "run --rm -w /nope busybox pwd");
        Assert.Equal((0, "x\n"), Docker("run --rm -i -e PATH=/nonexistent busybox /bin/echo x") is var (plainCode, plain, _) ? (plainCode, plain) : default);
        var (_, _, warned) = Docker("run --rm -v /etc:/mnt --read-only --restart no --cap-drop ALL busybox true");
        Assert.Equal(3, warned.Split("has no effect: a container is a network sandbox").Length - 1);
        Assert.Equal("", Done("images -q"));

        // What was killed says so.
        Done("run -d --name deaf busybox sh -c 'trap \"\" TERM; echo ready; while :; do sleep 0.05; done'");
        Client.RunIn("until docker logs deaf | grep -q ready; do :; done");
        Done("stop deaf");
        Assert.Equal("137", Done("inspect -f {{.State.ExitCode}} deaf"));
        Assert.Contains(Done("inspect -f {{.Id}} deaf"), Done("container prune -f"), StringComparison.Ordinal);
        Refused("No such container: nobody", "rm nobody");

        // A signal goes to the command, which does with it what it likes.
        Done("run -d --name hears busybox sh -c 'trap \"echo heard\" USR1; trap \"exit 8\" TERM; echo ready; while :; do sleep 0.05; done'");
        Client.RunIn("until docker logs hears | grep -q ready; do :; done; docker kill -s USR1 hears; until docker logs hears | grep -q heard; do :; done");
        Done("kill -s SIGTERM hears");
        Assert.Equal("8", Done("wait hears"));
        Refused("Invalid signal: NOPE", "run -d --name bare busybox && docker kill -s NOPE bare");
        Refused("it runs no command", "kill -s USR1 bare");
        Done("kill -s HUP bare");
        Assert.Equal("exited", Done("inspect -f {{.State.Status}} bare"));
        Done("rm -f hears bare");

        Done("network create --subnet 10.50.0.0/16 --ip-range 10.50.4.0/24 --gateway 10.50.0.9 --aux-address r=10.50.4.0 --label a=b --internal wide");
        Assert.Equal("10.50.0.0/16 10.50.4.0/24 10.50.0.9 map[r:10.50.4.0] true map[a:b]", Done("network inspect wide -f '{{range .IPAM.Config}}{{.Subnet}} {{.IPRange}} {{.Gateway}} {{.AuxiliaryAddresses}}{{end}} {{.Internal}} {{.Labels}}'"));
        Refused("10.50.8.0/24 overlaps 10.50.0.0/16 of network wide", "network create --subnet 10.50.8.0/24 over");
        Assert.Equal("wide", Done("network ls -f label=a -f driver=bridge --format '{{.Name}}'"));
        Assert.Contains("wide", Done("network prune -f"), StringComparison.Ordinal);
    }

    [KernelFact]
    public void Who_asks_for_a_terminal_has_one_of_the_size_of_his_own_and_leaves_it_by_its_keys()
    {
        Assert.Contains("33 99\r\n", Typed("run -it --rm busybox sh", "stty size; exit 3\n", code: 3), StringComparison.Ordinal);
        Done("run -itd --name shell busybox sh");
        // Where it is, for those who look from outside.
        Assert.Equal("true", Done("inspect -f '{{.Config.OpenStdin}}' shell"));
        var address = Done("inspect -f '{{.NetworkSettings.IPAddress}}' shell");
        Assert.NotEmpty(address);
        Assert.Contains(address, Client.RunIn("nsenter --net=$(docker inspect -f '{{.NetworkSettings.SandboxKey}}' shell) ip -br -4 addr").Output, StringComparison.Ordinal);
        Assert.Contains(address, Client.RunIn("nsenter --net --target $(docker inspect -f '{{.State.Pid}}' shell) ip -br -4 addr").Output, StringComparison.Ordinal);
        Assert.Contains("33 99\r\n", Typed("exec -it shell sh", "stty size; tty; exit\n"), StringComparison.Ordinal);
        Assert.Matches("/dev/pts/\\d+", Done("exec -t shell tty"));
        // Ctrl-P Ctrl-Q leaves it running (here others: before the client reads, a terminal keeps Ctrl-Q for itself), and the next finds it as it was.
        Assert.Contains("read escape sequence", Typed("attach --detach-keys ctrl-a,ctrl-e shell", "echo here; x=5\n\u0001\u0005", code: 1), StringComparison.Ordinal);
        Assert.Contains("still 5", Typed("attach shell", "echo still $x\nexit 4\n", code: 4), StringComparison.Ordinal);
        Assert.Contains("still 5", Done("logs shell"), StringComparison.Ordinal);
        // Who ran it leaves it in the same way: the client closes its connection, and a terminal's input does not end with that.
        Typed("run -it --name left --detach-keys ctrl-a,ctrl-e busybox sh", "x=7\n\u0001\u0005");
        Assert.Equal("running", Done("inspect -f {{.State.Status}} left"));
        Assert.Contains("x is 7", Typed("attach left", "echo x is $x; exit\n"), StringComparison.Ordinal);
        // No variable of the container's changes how it gets its terminal.
        Assert.Contains("/bin/false /nonexistent", Typed("run -it --rm -e SHELL=/bin/false -e PATH=/nonexistent busybox /bin/sh -c 'echo \\$SHELL \\$PATH'", ""), StringComparison.Ordinal);
        // Started again, a client hears its next life, and nothing of the last one.
        var again = Typed("start -ai shell", "echo again; exit 5\n", code: 5);
        Assert.Contains("again", again, StringComparison.Ordinal);
        Assert.DoesNotContain("still", again, StringComparison.Ordinal);
    }

    [KernelFact]
    public async Task A_container_knows_the_names_and_asks_the_servers_that_it_was_given_also_after_its_host_was_killed()
    {
        // Another test's host may have the first of the default subnets.
        var gateway = Done("network inspect bridge -f '{{(index .IPAM.Config 0).Gateway}}'");
        Done($"run -d --name asker --add-host db:10.9.9.9 --add-host host.docker.internal:host-gateway --dns {gateway} --dns-search corp.example --dns-option ndots:2 busybox");
        await using var server = new Host.Dns.FakeUpstream((query, _) => [Core.Dns.Packets.Reply(query, 0, "192.0.2.7")], new(IPAddress.Parse(gateway), 53));
        Assert.Equal("nameserver 127.0.0.11 search corp.example options ndots:2", Done("exec asker cat /etc/resolv.conf").ReplaceLineEndings(" "));
        Assert.Equal($"10.9.9.9 {gateway}", Done("exec asker sh -c 'getent hosts db host.docker.internal' | awk '{ print $1 }'").ReplaceLineEndings(" "));
        Assert.StartsWith("192.0.2.7", Done("exec asker getent ahostsv4 anything.at.all"), StringComparison.Ordinal);
        Assert.Equal($"[{gateway}] [corp.example] [ndots:2] [db:10.9.9.9 host.docker.internal:{gateway}]", Done("inspect -f '{{.HostConfig.Dns}} {{.HostConfig.DnsSearch}} {{.HostConfig.DnsOptions}} {{.HostConfig.ExtraHosts}}' asker"));
        await _host.KillAsync();
        await _host.StartAsync();
        Assert.StartsWith("192.0.2.7", Done("exec asker getent ahostsv4 something.else"), StringComparison.Ordinal);
        Assert.Contains("10.9.9.9", Done("exec asker cat /etc/hosts"), StringComparison.Ordinal);

        Refused("invalid DNS server 127.0.0.53: servers are asked from the host", "run -d --dns 127.0.0.53 busybox");
        Refused("conflicting options: a container on the network host", "run -d --network host --add-host a:10.0.0.1 busybox");
        Assert.Equal("asker", Done("ps -a --format '{{.Names}}'"));
    }

    // At a terminal of 33 lines and 99 columns, which a client needs on its own side.
    private string Typed(string line, string keys, int code = 0)
    {
        var (ended, output, _) = Client.RunIn($"timeout 60 script -qec \"stty rows 33 cols 99; docker {line}\" /dev/null", keys);
        Assert.True(ended == code, $"docker {line}: {ended} {output}");
        return output;
    }

    [KernelFact]
    public async Task Events_come_once_as_they_happen_and_are_there_afterwards()
    {
        using var http = UnixSocketClient.To(_host.DockerSocket);
        using var living = await http.GetAsync(new Uri("/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        var since = TimeProvider.System.GetUtcNow();
        Done("network create --subnet 10.60.0.0/24 evn");
        Done("run -d --name one --network evn --label tier=front busybox");
        Done("network disconnect evn one");
        Done("network connect evn one");
        Done("stop one");
        Done("start one");
        Done("rename one uno");
        Done("rename uno one");
        Done("rm -f one");
        Done("run -d --name two --network none busybox sh -c 'exit 3'");
        Done("wait two");
        Done("rm two");
        Done("network rm evn");

        // A start is told before what it needs is there, otherwise than Docker does; the facts are in this order.
        string[] expected =
        [
            "network create evn", "container create one", "container start one", "network connect evn", "network disconnect evn", "network connect evn", "network disconnect evn", "container die one 137",
            "container stop one", "container start one", "network connect evn", "container rename uno", "container rename one", "network disconnect evn", "container die one 137", "container destroy one", "container create two", "container start two",
            "container die two 3", "container destroy two", "network destroy evn",
        ];
        using var reader = new StreamReader(await living.Content.ReadAsStreamAsync());
        var told = new List<string>();
        while (told.LastOrDefault() != expected[^1])
        {
            using var happened = System.Text.Json.JsonDocument.Parse((await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20)))!);
            var (type, attributes) = (happened.RootElement.GetProperty("Type").GetString(), happened.RootElement.GetProperty("Actor").GetProperty("Attributes"));
            if (attributes.GetProperty("name").GetString() == "none") continue;
            told.Add($"{type} {happened.RootElement.GetProperty("Action").GetString()} {attributes.GetProperty("name").GetString()}{(attributes.TryGetProperty("exitCode", out var code) ? $" {code.GetString()}" : "")}");
        }

        Assert.Equal(expected.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
        foreach (var subject in (string[])["one", "two"]) Assert.Equal(expected.Where(line => line.Contains($" {subject}", StringComparison.Ordinal)), told.Where(line => line.Contains($" {subject}", StringComparison.Ordinal)));
        Assert.Equal(expected.Where(line => line.EndsWith("evn", StringComparison.Ordinal)), told.Where(line => line.EndsWith("evn", StringComparison.Ordinal)));

        // The command line reads the same from the journal, also that of a killed process, with names of what is no more.
        await _host.KillAsync();
        await _host.StartAsync();
        var period = $"--since {since.ToUnixTimeMilliseconds() / 1000m:0.000} --until {TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}";
        Assert.Equal("create connect disconnect connect disconnect connect disconnect destroy", Done($"events {period} -f network=evn --format '{{{{.Action}}}}'").ReplaceLineEndings(" "));
        Assert.Equal("create start die stop start rename die destroy", Done($"events {period} -f container=one -f type=container --format '{{{{.Action}}}}'").ReplaceLineEndings(" "));
        Assert.Equal("/one uno", Done($"events {period} -f event=rename -f container=uno --format '{{{{.Actor.Attributes.oldName}}}} {{{{.Actor.Attributes.name}}}}'"));
        Assert.Equal("2", Done($"events {period} -f label=tier=front -f event=start --format '{{{{.Action}}}}' | wc -l"));
        Assert.Equal("", Done("events --since 2h --until 1h"));
        Refused("cannot be after", "events --since 1h --until 2h");
        Refused("Invalid filter 'colour'", "events --until 1s -f colour=red");
    }

    [KernelFact]
    public async Task Nonsense_is_refused_in_one_line_and_the_next_request_is_answered()
    {
        using var http = UnixSocketClient.To(_host.DockerSocket);
        await AnswersAsync(HttpMethod.Get, "/v1.23/networks", null, HttpStatusCode.BadRequest, "client version 1.23 is too old");
        await AnswersAsync(HttpMethod.Get, "/v1.99/networks", null, HttpStatusCode.BadRequest, "client version 1.99 is too new");
        // Before 1.45 the short id was an alias; since, all names are told apart from what was asked for.
        Done("network create --subnet 10.66.0.0/24 versions");
        var id = Done("run -d --name one --network versions --network-alias app busybox");
        await AnswersAsync(HttpMethod.Get, "/v1.44/containers/one/json", null, HttpStatusCode.OK, $"\"Aliases\":[\"app\",\"{id[..12]}\"]");
        await AnswersAsync(HttpMethod.Get, "/v1.45/containers/one/json", null, HttpStatusCode.OK, "\"Aliases\":[\"app\"]");
        await AnswersAsync(HttpMethod.Get, "/containers/one/json", null, HttpStatusCode.OK, $"\"DNSNames\":[\"one\",\"app\",\"{id[..12]}\"]");
        await AnswersAsync(HttpMethod.Get, "/v1.24/containers/json", null, HttpStatusCode.OK, $"\"Aliases\":[\"app\",\"{id[..12]}\"]");
        await AnswersAsync(HttpMethod.Get, "/palettes", null, HttpStatusCode.NotFound, "page not found");
        await AnswersAsync(HttpMethod.Get, "/services", null, HttpStatusCode.ServiceUnavailable, "not a swarm manager");
        await AnswersAsync(HttpMethod.Post, "/networks/create", "{\"Name\":5}", HttpStatusCode.BadRequest, "Name has a value of another type");
        await AnswersAsync(HttpMethod.Post, "/networks/create", "{", HttpStatusCode.BadRequest, "invalid JSON");
        await AnswersAsync(HttpMethod.Post, "/networks/create", "null", HttpStatusCode.BadRequest, "invalid JSON");
        await AnswersAsync(HttpMethod.Post, "/networks/create", $"{{\"Name\":\"{new string('x', 2 * 1024 * 1024)}\"}}", HttpStatusCode.RequestEntityTooLarge, "too large");
        await AnswersAsync(HttpMethod.Post, "/networks/create", """{"Name":"n","IPAM":{"Config":[{"Subnet":"10.0.0.1/8"}]}}""", HttpStatusCode.BadRequest, "10.0.0.0/8");
        await AnswersAsync(HttpMethod.Post, "/networks/create", """{"Name":"n","IPAM":{"Config":[null]}}""", HttpStatusCode.BadRequest, "IPAM.Config is null");
        await AnswersAsync(HttpMethod.Post, "/networks/bridge/connect", """{"Container":"x","EndpointConfig":{"Links":[null]}}""", HttpStatusCode.BadRequest, "empty string specified for links");
        await AnswersAsync(HttpMethod.Post, "/networks/nope/connect", """{"Container":"x"}""", HttpStatusCode.NotFound, "network nope not found");
        await AnswersAsync(HttpMethod.Post, "/networks/bridge/connect", "{}", HttpStatusCode.BadRequest, "empty ID or name");
        await AnswersAsync(HttpMethod.Get, "/networks?filters=[]", null, HttpStatusCode.BadRequest, "filters is an object of lists");
        await AnswersAsync(HttpMethod.Delete, "/networks/bridge", null, HttpStatusCode.Forbidden, "pre-defined");
        await AnswersAsync(HttpMethod.Post, "/containers/one/stop?t=x", "{}", HttpStatusCode.BadRequest, "t is a number of seconds");
        await AnswersAsync(HttpMethod.Post, "/containers/one/exec", """{"Cmd":["a\u0000b"]}""", HttpStatusCode.BadRequest, "a word has no NUL");
        await AnswersAsync(HttpMethod.Post, "/containers/create", """{"Cmd":["true"],"Env":["A=\u0000"]}""", HttpStatusCode.BadRequest, "a word has no NUL");
        await AnswersAsync(HttpMethod.Post, "/containers/create", """{"Cmd":["true"],"Env":["ALONE"]}""", HttpStatusCode.Created, "Id");
        await AnswersAsync(HttpMethod.Post, "/exec/nope/start", "{}", HttpStatusCode.NotFound, "No such exec instance");

        // Half of a request, and then nothing; and one that takes its connection over for nobody.
        var cut = new List<NetworkStream>();
        for (var i = 0; i < 200; i++)
        {
            cut.Add(await UnixSocketClient.ConnectAsync(_host.DockerSocket));
            await cut[i].WriteAsync(Encoding.ASCII.GetBytes(i % 2 == 0 ? "POST /v1.47/exec/x/start HTTP/1.1\r\nUpgrade: tcp\r\nContent-Length: 100\r\n\r\n{" : "GET /networks HT"));
        }

        await AnswersAsync(HttpMethod.Get, "/_ping", null, HttpStatusCode.OK, "OK");
        cut.ForEach(socket => socket.Dispose());
        using var ping = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/_ping"));
        Assert.Equal("1.47", ping.Headers.GetValues("Api-Version").Single());

        async Task AnswersAsync(HttpMethod method, string path, string? body, HttpStatusCode status, string text)
        {
            using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
            // A body that is too long is refused before it is sent.
            request.Headers.ExpectContinue = body is not null;
            using var response = await http.SendAsync(request);
            var answer = await response.Content.ReadAsStringAsync();
            Assert.True(status == response.StatusCode && answer.Contains(text, StringComparison.Ordinal), $"{method} {path}: {response.StatusCode} {answer}");
        }
    }

    private DockerCommandLine Client => new(_host.DockerSocket);

    private string Done(string line, string? input = null) => Client.Done(line, input);

    private void Refused(string text, string line) => Client.Refused(text, line);

    private (int Code, string Output, string Error) Docker(string line, string? input = null) => Client.Run(line, input);
}
