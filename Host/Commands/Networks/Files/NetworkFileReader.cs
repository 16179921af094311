using System.Collections.Immutable;
using System.Globalization;
using NetworkCluster.Addressing;
using NetworkCluster.Commands.Documents;
using NetworkCluster.Drivers;
using NetworkCluster.Networks;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace NetworkCluster.Commands.Networks.Files;

/// <summary>Reads networks out of a document: the form alone; what the cluster says about them comes later.</summary>
internal sealed class NetworkFileReader
{
    /// <summary>The version there is. A document of a later one is refused: what it says cannot be understood by half.</summary>
    public const string Version = "1";

    // The deepest place, an auxiliary address, is at 8. A parser of nodes goes as deep as the document does, and with it the stack.
    private const int DeepestNesting = 16;

    private readonly List<FileProblem> _problems = [];
    private readonly List<FileNetwork> _networks = [];
    private readonly string _file;
    private readonly FileOrigin _origin;

    private NetworkFileReader(string file, FileOrigin origin) => (_file, _origin) = (file, origin);

    /// <summary>The keys of a document.</summary>
    internal static class Keys
    {
        public const string Version = "version", Networks = "networks";
        public const string Name = "name", Driver = "driver", Scope = "scope", Internal = "internal", Attachable = "attachable", IPv6 = "ipv6", Ipam = "ipam", Options = "options", Labels = "labels";
        public const string Config = "config", Subnet = "subnet", IpRange = "ip-range", Gateway = "gateway", Auxiliary = "aux-address";

        public static ImmutableArray<string> Document { get; } = [Version, Networks];
        public static ImmutableArray<string> Network { get; } = [Name, Driver, Scope, Internal, Attachable, IPv6, Ipam, Options, Labels];
        public static ImmutableArray<string> OfIpam { get; } = [Driver, Options, Config];
        public static ImmutableArray<string> OfConfig { get; } = [Subnet, IpRange, Gateway, Auxiliary];
    }

    /// <summary>Reads all of it.</summary>
    /// <param name="text">The document.</param>
    /// <param name="file">How it is called, for people.</param>
    /// <param name="origin">Who the networks are made by.</param>
    /// <returns>The networks, and everything that is wrong, in the order of the lines.</returns>
    public static (ImmutableArray<FileNetwork> Networks, ImmutableArray<FileProblem> Problems) Read(string text, string file, FileOrigin origin)
    {
        var reader = new NetworkFileReader(file, origin);
        text = AsYaml(text);
        try
        {
            if (reader.IsShallow(text))
            {
                var stream = new YamlStream();
                stream.Load(new StringReader(text));
                reader.Document(stream);
            }
        }
        catch (YamlException cause)
        {
            reader._problems.Add(new((int)cause.Start.Line, $"not YAML: {cause.Message.ReplaceLineEndings(" ")}"));
        }

        return ([.. reader._networks], [.. reader._problems.OrderBy(problem => problem.Line)]);
    }

    // What is JSON is YAML, but for three characters that a text may have in the one and that end a line of the other.
    private static string AsYaml(string text) =>
        text.AsSpan().TrimStart() is ['{' or '[', ..] ? text.Replace("\u0085", @"\u0085", StringComparison.Ordinal).Replace("\u2028", @"\u2028", StringComparison.Ordinal).Replace("\u2029", @"\u2029", StringComparison.Ordinal) : text;

    private bool IsShallow(string text)
    {
        var (parser, depth) = (new Parser(new StringReader(text)), 0);
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth <= DeepestNesting) continue;
            _problems.Add(new((int)parser.Current.Start.Line, "nested too deep for a document of networks"));
            return false;
        }

        return true;
    }

    private void Document(YamlStream stream)
    {
        if (stream.Documents is not [var document])
        {
            _problems.Add(new(1, stream.Documents.Count == 0 ? $"the document is empty: it needs {Keys.Version}: {Version} and {Keys.Networks}" : $"there are {stream.Documents.Count} documents, one is wanted"));
            return;
        }

        var fields = YamlFields.Of(document.RootNode, "the document", Keys.Document, _problems);
        var version = fields.Has(Keys.Version) ? fields.Text(Keys.Version) : null;
        if (version != Version)
        {
            _problems.Add(new(fields.LineOf(Keys.Version), version is null ? $"the document has no {Keys.Version}: {Keys.Version}: {Version} is wanted" : $"{Keys.Version} {version} is not known: {Version} is"));
            // What another version says is not read with this one's eyes; who has forgotten it hears of the rest, too.
            if (version is not null) return;
        }

        if (!fields.Has(Keys.Networks)) _problems.Add(new(fields.Line, $"the document has no {Keys.Networks}"));
        foreach (var node in fields.List(Keys.Networks))
        {
            var network = YamlFields.Of(node, "a network", Keys.Network, _problems);
            if (node is YamlMappingNode) Network(network);
        }
    }

    private void Network(YamlFields fields)
    {
        var driver = fields.Text(Keys.Driver) ?? "bridge";
        if (!fields.Has(Keys.Name)) _problems.Add(new(fields.Line, $"a network has no {Keys.Name}"));
        if (NetworkDrivers.Find(driver) is { } known && fields.Text(Keys.Scope) is { } scope && scope != NetworkDocument.TextOf(known.Scope))
            _problems.Add(new(fields.LineOf(Keys.Scope), $"invalid scope: {scope} (the {driver} driver makes networks of the scope {NetworkDocument.TextOf(known.Scope)})"));
        var ipam = fields.Node(Keys.Ipam) is { } node ? YamlFields.Of(node, Keys.Ipam, Keys.OfIpam, _problems) : null;
        if (ipam is not null && ipam.Pairs(Keys.Options) is { IsEmpty: false } options) _problems.Add(new(ipam.LineOf(Keys.Options), $"unknown ipam option {options.Keys.First()}: there are none"));
        var pools = (ipam?.List(Keys.Config) ?? []).Select(pool => Pool(YamlFields.Of(pool, "an ipam config", Keys.OfConfig, _problems))).ToList();
        _networks.Add(new(new()
        {
            Id = NewIds.Network(),
            Name = fields.Text(Keys.Name) ?? "",
            Driver = driver,
            Internal = fields.Switch(Keys.Internal),
            Attachable = fields.Switch(Keys.Attachable),
            EnableIPv6 = fields.Switch(Keys.IPv6),
            IpamDriver = ipam?.Text(Keys.Driver),
            BareIpam = ipam?.Has(Keys.Options) ?? false ? null : true,
            Pools = [.. pools.Select(pool => pool.Request)],
            Options = fields.Pairs(Keys.Options),
            Labels = fields.Pairs(Keys.Labels),
            Created = _origin.Now,
            Host = _origin.Host,
        }, string.Create(CultureInfo.InvariantCulture, $"{_file}:{fields.Line}"))
        {
            MoreRanges = [.. pools.SelectMany(pool => pool.MoreRanges)],
        });
    }

    private (PoolRequest Request, ImmutableArray<Subnet> MoreRanges) Pool(YamlFields fields)
    {
        var ranges = fields.Texts(Keys.IpRange).Select(range => fields.Parse(range.Text, range.Line, Block, NotABlock)).OfType<Subnet>().ToImmutableArray();
        var request = new PoolRequest
        {
            Subnet = fields.Parsed(Keys.Subnet, Block, NotABlock),
            IpRange = ranges.IsEmpty ? null : ranges[0],
            Gateway = fields.Parsed(Keys.Gateway, Address, text => $"invalid {Keys.Gateway}: {text}"),
            Auxiliary = [.. fields.Texts(Keys.Auxiliary).Select(word => Auxiliary(fields, word.Text, word.Line)).OfType<AuxiliaryAddress>()],
        };
        foreach (var range in ranges.Skip(1).Where(range => request.Subnet is { } subnet && !subnet.Contains(range))) _problems.Add(new(fields.LineOf(Keys.IpRange), $"ip-range {range} is not part of subnet {request.Subnet}"));
        return (request, ranges.IsEmpty ? [] : ranges[1..]);
    }

    // The last equals sign: a name may have one, an address has none.
    private static AuxiliaryAddress? Auxiliary(YamlFields fields, string word, int line)
    {
        var equals = word.LastIndexOf('=');
        return fields.Parse(word, line, text => equals < 0 ? null : Address(text[(equals + 1)..]), text => $"invalid {Keys.Auxiliary}: {text} (NAME=ADDRESS is wanted)") is { } address ? new(word[..equals], address) : null;
    }

    private static Subnet? Block(string text) => Subnet.TryParse(text, out var subnet) ? subnet : null;

    private static InetAddress? Address(string text) => InetAddress.TryParse(text, out var address) ? address : null;

    private static string NotABlock(string text) => PoolRequests.NotABlock(text).Text;
}
