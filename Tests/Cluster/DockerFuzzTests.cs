using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using NetworkCluster.Tests.Support;
using Xunit;

namespace NetworkCluster.Tests.Cluster;

/// <summary>Requests that are nearly right, from a seed: whatever comes, none is answered with 500, the process lives, and the next right one is answered.</summary>
[Trait("Category", "Kernel")]
public sealed class DockerFuzzTests : IAsyncLifetime
{
    private const int Requests = 1500;

    private static readonly (string Method, string Path, string Body)[] Right =
    [
        ("POST", "/networks/create", """{"Name":"one","Driver":"bridge","Internal":false,"EnableIPv6":true,"Labels":{"a":"b"},"Options":{"com.docker.network.driver.mtu":"1400"},"IPAM":{"Driver":"default","Options":{},"Config":[{"Subnet":"10.201.0.0/24","IPRange":"10.201.0.128/25","Gateway":"10.201.0.1","AuxiliaryAddresses":{"r":"10.201.0.5"}}]}}"""),
        ("POST", "/networks/one/connect", """{"Container":"box","EndpointConfig":{"IPAMConfig":{"IPv4Address":"10.201.0.9","LinkLocalIPs":["169.254.3.4"]},"Aliases":["a"],"Links":["x:y"],"DriverOpts":{},"MacAddress":"02:00:00:00:00:01","GwPriority":3}}"""),
        ("POST", "/networks/one/disconnect", """{"Container":"box","Force":true}"""),
        ("POST", "/containers/create?name=box", """{"Hostname":"h","Env":["A=b"],"Cmd":["true"],"Entrypoint":null,"Tty":false,"OpenStdin":false,"Image":"i","Labels":{"a":"b"},"ExposedPorts":{"80/tcp":{}},"HostConfig":{"NetworkMode":"one","PortBindings":{"80/tcp":[{"HostIp":"","HostPort":""}]},"Links":["x:y"],"Dns":["192.0.2.1"],"DnsSearch":["a.b"],"DnsOptions":["ndots:1"],"ExtraHosts":["a:10.0.0.1"],"AutoRemove":false},"NetworkingConfig":{"EndpointsConfig":{"one":{"Aliases":["z"]}}}}"""),
        ("POST", "/containers/box/exec", """{"Cmd":["true"],"Env":["A=b"],"AttachStdin":false,"Tty":true,"ConsoleSize":[20,80],"DetachKeys":"ctrl-a","WorkingDir":"/"}"""),
        ("POST", "/exec/nobody/start", """{"Detach":false,"Tty":true}"""),
        ("POST", "/networks/prune?filters=%7B%22label%22%3A%5B%22a%3Db%22%5D%7D", "{}"),
        ("POST", "/swarm/init", """{"ListenAddr":"0.0.0.0","ForceNewCluster":false}"""),
        ("GET", "/networks?filters=%7B%22name%22%3A%5B%22one%22%5D%2C%22dangling%22%3A%7B%22true%22%3Atrue%7D%7D", ""),
        ("GET", "/networks/one?verbose=true&scope=local", ""),
        ("GET", "/containers/json?all=1&limit=3&filters=%7B%22status%22%3A%5B%22running%22%5D%7D", ""),
        ("GET", "/containers/box/json", ""),
        ("GET", "/containers/box/logs?stdout=1&tail=3", ""),
        ("GET", "/events?since=1&until=2&filters=%7B%22type%22%3A%5B%22network%22%5D%7D", ""),
        ("POST", "/containers/box/start", ""),
        ("POST", "/containers/box/resize?h=20&w=80", ""),
        ("POST", "/containers/box/kill?signal=KILL", ""),
        ("POST", "/containers/box/stop?t=1", ""),
        ("DELETE", "/containers/box?force=1&v=1", ""),
        ("DELETE", "/networks/one", ""),
    ];

    private static readonly string[] Words =
    [
        "", " ", "one", "box", "bridge", "host", "none", "ü", "\ud83d\ude00", "\0", "a\nb", "../../etc", "%2e%2e%2f", "-1", "4294967296", "1e999", "0.0.0.0/0", "10.201.0.1/33", "fe80::1", "::/0", "::ffff:10.0.0.1", "255.255.255.255",
        "ff:ff:ff:ff:ff:ff", "true", "null", "{}", "[]", "{{.}}", "\"", "'", "(", "[a", "*", "a:b:c", ":", "=", new('x', 64), new('y', 70_000),
    ];

    private readonly HostUnderTest _host = new("fuz");

    public Task InitializeAsync() => _host.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [KernelFact]
    public async Task Nothing_that_is_sent_is_a_fault_and_the_next_right_request_is_answered()
    {
        var seed = Seed.Or(TimeProvider.System.GetUtcNow().DayOfYear);
        var random = new Random(seed);
        using var http = UnixSocketClient.To(_host.DockerSocket);
        http.Timeout = TimeSpan.FromSeconds(30);
        var answers = new Dictionary<int, int>();
        for (var i = 0; i < Requests; i++)
        {
            var (method, path, body) = Wrong(random);
            var told = $"seed {seed}, request {i}: {method} {Cut(path)} {Cut(Encoding.Latin1.GetString(body))}";
            try
            {
                using var request = new HttpRequestMessage(new(method), new Uri($"http://docker{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
                request.Content = new ByteArrayContent(body);
                if (random.Next(8) > 0) request.Content.Headers.TryAddWithoutValidation("Content-Type", random.Next(12) == 0 ? "text/plain" : "application/json");
                using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                var status = (int)response.StatusCode;
                answers[status] = answers.GetValueOrDefault(status) + 1;
                if (status is >= 500 and not (501 or 503)) Assert.Fail($"{told}: {status} {await response.Content.ReadAsStringAsync()}");
            }
            catch (HttpRequestException cut) when (cut.InnerException is IOException or SocketException || cut.HttpRequestError == HttpRequestError.ResponseEnded)
            {
                // Refused before all of it was sent: the head was too long, or no request at all.
                answers[0] = answers.GetValueOrDefault(0) + 1;
            }
            catch (TaskCanceledException)
            {
                Assert.Fail($"{told}: no answer");
            }

            if (i % 100 == 0) await StreamCutAsync(random);
        }

        Assert.True(_host.Lives, _host.Output);
        Assert.DoesNotContain(" failed", _host.Output, StringComparison.Ordinal);
        // They were not all turned away at the door.
        Assert.True(answers.GetValueOrDefault(201) + answers.GetValueOrDefault(200) + answers.GetValueOrDefault(204) > Requests / 20, string.Join(' ', answers));
        Assert.True(answers.GetValueOrDefault(400) > Requests / 10, string.Join(' ', answers));

        using var ten = await http.PostAsync(new Uri("/networks/create", UriKind.Relative), new ByteArrayContent(new byte[10 * 1024 * 1024]) { Headers = { { "Content-Type", "application/json" } } }).ContinueWith(Answer, TaskScheduler.Default);
        Assert.True(ten is null or { StatusCode: HttpStatusCode.RequestEntityTooLarge });
        var docker = new DockerCommandLine(_host.DockerSocket);
        docker.Done("network create --subnet 10.211.0.0/24 right");
        docker.Done("run -d --name right --network right --ip 10.211.0.9 busybox");
        Assert.Contains("10.211.0.9", docker.Done("exec right ip -br -4 addr"), StringComparison.Ordinal);
        Assert.Single(_host.ThreadNamespaces);
    }

    // A server that refuses early may close before it has read all.
    private static HttpResponseMessage? Answer(Task<HttpResponseMessage> sent) => sent.IsCompletedSuccessfully ? sent.Result : null;

    private async Task StreamCutAsync(Random random)
    {
        var (method, path, body) = Right[random.Next(Right.Length)];
        var whole = Encoding.UTF8.GetBytes($"{method} {path} HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        await using var connection = await UnixSocketClient.ConnectAsync(_host.DockerSocket);
        await connection.WriteAsync(whole.AsMemory(0, random.Next(whole.Length)));
    }

    private static (string Method, string Path, byte[] Body) Wrong(Random random)
    {
        var (method, path, text) = Right[random.Next(Right.Length)];
        var body = Encoding.UTF8.GetBytes(text);
        // Some are right, so that there is something to be wrong about.
        for (var harm = random.Next(4); harm > 0; harm--)
        {
            switch (random.Next(8))
            {
                case 0: path = Pathed(path, random); break;
                case 1: path = $"/v1.{random.Next(22, 50)}{path}"; break;
                case 2: method = (string[])["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"] is var methods ? methods[random.Next(methods.Length)] : method; break;
                case 3 when body.Length > 0: body = body[..random.Next(body.Length)]; break;
                case 4 when body.Length > 0: body[random.Next(body.Length)] = (byte)random.Next(256); break;
                default: body = Mutated(body, random); break;
            }
        }

        return (method, path, body);
    }

    private static string Pathed(string path, Random random)
    {
        var parts = path.Split('/', '?', '&', '=');
        var part = parts[random.Next(parts.Length)];
        return part.Length == 0 ? path : path.Replace(part, Uri.EscapeDataString(Word(random)), StringComparison.Ordinal);
    }

    private static byte[] Mutated(byte[] body, Random random)
    {
        try
        {
            if (JsonNode.Parse(body) is not { } root) return body;
            var nodes = new List<JsonNode> { root };
            for (var i = 0; i < nodes.Count; i++) nodes.AddRange(nodes[i] is JsonObject o ? o.Select(pair => pair.Value).OfType<JsonNode>() : nodes[i] is JsonArray a ? a.OfType<JsonNode>() : []);
            var chosen = nodes[random.Next(nodes.Count)];
            var text = Value(random);
            if (chosen == root) return Encoding.UTF8.GetBytes(text);
            chosen.ReplaceWith<string>("@@");
            return Encoding.UTF8.GetBytes(root.ToJsonString().Replace("\"@@\"", text, StringComparison.Ordinal));
        }
        catch (Exception unreadable) when (unreadable is System.Text.Json.JsonException or InvalidOperationException or ArgumentException)
        {
            return body;
        }
    }

    private static string Value(Random random) => random.Next(10) switch
    {
        0 => "null",
        1 => $"{random.Next(-2, 3)}",
        2 => "1e400",
        3 => $"[{Value(random)},{Value(random)}]",
        4 => $"{{\"{new string('k', random.Next(5))}\":{Value(random)}}}",
        5 => new string('[', 200) + new string(']', 200),
        6 => "\"\\ud800\"",
        7 => "true",
        _ => System.Text.Json.JsonSerializer.Serialize(Word(random)),
    };

    private static string Word(Random random) => Words[random.Next(Words.Length)];

    private static string Cut(string text) => text.Length > 2000 ? text[..2000] : text;
}
