using System.Globalization;
using NetworkCluster.Addressing;
using NetworkCluster.Containers;

namespace NetworkCluster.Commands.Containers;

/// <summary>Docker's words for ports: <c>-p [[IP:]HOST[-HOST]:]PORT[-PORT][/PROTOCOL]</c> and <c>--expose PORT[-PORT][/PROTOCOL]</c>.</summary>
internal static class PortWords
{
    /// <summary>What a container's options say about ports; none where they say nothing.</summary>
    /// <exception cref="UsageException">A word makes no sense.</exception>
    public static ContainerPorts? Ports(this Invocation invocation) => Of(invocation.Values("publish"), invocation.Values("expose"), invocation.Has("publish-all"));

    /// <summary>The same of words from elsewhere.</summary>
    /// <exception cref="UsageException">A word makes no sense.</exception>
    public static ContainerPorts? Of(IEnumerable<string> published, IEnumerable<string> exposed, bool publishAll)
    {
        var ports = new ContainerPorts
        {
            Bindings = [.. published.SelectMany(Bindings).Distinct()],
            Exposed = [.. exposed.SelectMany(Exposed).Distinct()],
            PublishAll = publishAll,
        };
        return ports is { Bindings.IsEmpty: true, Exposed.IsEmpty: true, PublishAll: false } ? null : ports;
    }

    private static IEnumerable<PortBinding> Bindings(string word)
    {
        var (text, protocol) = Protocol(word);
        var (address, rest) = Address(text);
        var parts = rest.Split(':');
        if (parts.Length > 2) throw new UsageException($"invalid publish: {word} ([[IP:]HOST:]CONTAINER[/PROTOCOL] is wanted, an IPv6 address in brackets)");
        var container = Range(parts[^1], "containerPort");
        var host = parts.Length == 1 || parts[0].Length == 0 || parts[0] == "0" ? (First: 0, Last: 0) : Range(parts[0], "hostPort");
        if (host.First == 0) return Ports(container).Select(port => new PortBinding(address, 0, 0, new(port, protocol)));
        if (container.First == container.Last) return [new PortBinding(address, host.First, host.Last, new(container.First, protocol))];
        return host.Last - host.First == container.Last - container.First
            ? Ports(container).Select(port => new PortBinding(address, host.First + port - container.First, host.First + port - container.First, new(port, protocol)))
            : throw new UsageException($"invalid ranges specified for container and host Ports: {parts[^1]} and {parts[0]}");
    }

    private static IEnumerable<ContainerPort> Exposed(string word)
    {
        var (first, last, protocol) = Range(word);
        return Ports((first, last)).Select(port => new ContainerPort(port, protocol));
    }

    /// <summary>What <c>PORT[-PORT][/PROTOCOL]</c> means.</summary>
    /// <exception cref="UsageException">It makes no sense.</exception>
    public static (int First, int Last, PortProtocol Protocol) Range(string word)
    {
        var (text, protocol) = Protocol(word);
        var (first, last) = Range(text, "containerPort");
        return (first, last, protocol);
    }

    private static (string Text, PortProtocol Protocol) Protocol(string word)
    {
        var slash = word.IndexOf('/');
        return slash < 0 ? (word, PortProtocol.Tcp) : (word[..slash], word[(slash + 1)..].ToLowerInvariant() switch
        {
            "tcp" => PortProtocol.Tcp,
            "udp" => PortProtocol.Udp,
            var other => throw new UsageException($"invalid proto: {other} (tcp or udp)"),
        });
    }

    // Three parts, or brackets: an address stands before them.
    private static (InetAddress? Address, string Ports) Address(string text)
    {
        var end = text.StartsWith('[') ? text.IndexOf("]:", StringComparison.Ordinal) : text.Count(c => c == ':') == 2 ? text.IndexOf(':') : -1;
        if (end < 0) return (null, text);
        var (word, rest) = text.StartsWith('[') ? (text[1..end], text[(end + 2)..]) : (text[..end], text[(end + 1)..]);
        if (word.Length == 0) return (null, rest);
        return InetAddress.TryParse(word, out var address) ? (address, rest) : throw new UsageException($"invalid IP address: {word}");
    }

    private static (int First, int Last) Range(string text, string what)
    {
        if (text.Length == 0) throw new UsageException("no port specified: <empty>");
        var dash = text.IndexOf('-');
        var (first, last) = dash < 0 ? (Number(text), Number(text)) : (Number(text[..dash]), Number(text[(dash + 1)..]));
        return first <= last ? (first, last) : throw Invalid();

        int Number(string digits) =>
            int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 65535 ? number : throw Invalid();

        UsageException Invalid() => new($"invalid {what}: {text} (1 to 65535)");
    }

    private static IEnumerable<int> Ports((int First, int Last) range) => Enumerable.Range(range.First, range.Last - range.First + 1);
}
