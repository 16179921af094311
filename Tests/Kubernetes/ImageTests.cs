using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace NetworkCluster.Tests.Kubernetes;

/// <summary>What can be said of the image without building it.</summary>
public sealed partial class ImageTests
{
    private static readonly string Text = Manifests.Read("Dockerfile").Replace("\\\n", " ", StringComparison.Ordinal);

    private static readonly string[] Packages = [.. AptInstall().Matches(Text).SelectMany(match => match.Groups["packages"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    [Fact]
    public void What_is_copied_is_there_and_not_ignored()
    {
        var kept = Manifests.Read("Dockerfile.dockerignore").Split('\n').Where(line => line.StartsWith('!')).Select(line => line[1..]).ToHashSet();
        var sources = Copy().Matches(Text).SelectMany(match => match.Groups["sources"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(source => source.TrimEnd('/')).ToList();
        Assert.All(sources, source => Assert.True(Path.Exists(Path.Combine(Manifests.Sources, source)), source));
        Assert.Equal(kept.Order(StringComparer.Ordinal), sources.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_project_that_is_published_is_copied_with_all_that_it_references()
    {
        var copied = Copy().Matches(Text).Select(match => match.Groups["sources"].Value.Trim()).ToList();
        var published = Publish().Matches(Text).Select(match => match.Groups["project"].Value).ToList();
        Assert.Equal(["Host", "Host/Pbm"], published);
        Assert.All(published.SelectMany(project => References(Assert.Single(Directory.EnumerateFiles(Path.Combine(Manifests.Sources, project), "*.csproj")))).Distinct(), project =>
            Assert.Contains($"{Path.GetRelativePath(Manifests.Sources, project).Split('/')[0]}/", copied));
    }

    [Fact]
    public void What_it_starts_is_what_the_project_makes()
    {
        var program = $"{Deployed.App}{AssemblyOf("Host/Host.csproj")}";
        Assert.Contains($"ENTRYPOINT [\"{program}\"]", Text, StringComparison.Ordinal);
        Assert.Contains($"COPY --from=build /out/app/ {Deployed.App}", Text, StringComparison.Ordinal);
        Assert.Contains($"COPY --from=build /out/pbm/{AssemblyOf("Host/Pbm/Pbm.csproj")} /usr/local/bin/pbm", Text, StringComparison.Ordinal);
        var agent = Deployed.HostOf(Deployed.Of("base").Named(Deployed.Agent));
        Assert.Contains($"&& exec {program} \"$@\"", agent.Command[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Deployed.Control)]
    [InlineData(Deployed.Agent)]
    public void The_configuration_that_is_named_is_in_it(string workload)
    {
        var container = Deployed.HostOf(Deployed.Of("base").Named(workload));
        Assert.Equal(["--config", $"{Deployed.App}hocon/cluster.conf", "--config", $"{Deployed.App}hocon/k8s.conf"], container.Args);
        Assert.All(container.Args.Where(word => word.StartsWith('/')), file => Assert.True(File.Exists(Path.Combine(Manifests.Sources, file[Deployed.App.Length..]))));
    }

    [Fact]
    public void Its_packages_are_those_of_the_scripts_and_what_every_Debian_knows()
    {
        var ofScripts = File.ReadAllText(Path.Combine(Manifests.Sources, "run.sh")) + File.ReadAllText(Path.Combine(Manifests.Sources, "test.sh"));
        Assert.NotEmpty(Packages);
        Assert.All(Packages, package => Assert.True(ofScripts.Contains($"={package}", StringComparison.Ordinal) || IsKnown(package), package));
        // As run.sh installs for a host.
        Assert.All((string[])["nftables", "iproute2", "iputils-ping", "procps"], package => Assert.Contains(package, Packages));
    }

    [Fact]
    public void Production_takes_the_version_that_is_built() => Assert.Equal(
        XDocument.Load(Path.Combine(Manifests.Sources, "Directory.Build.props")).Descendants("Version").Single().Value,
        Assert.Single(Manifests.KustomizationOf("overlays/production").Images).NewTag);

    // Packages of every Debian: of these none is in the scripts, which find them installed.
    private static bool IsKnown(string package) => package is "ca-certificates" or "coreutils" or "libnftables1" or "libstdc++6" or "mount" or "util-linux";

    private static IEnumerable<string> References(string project) =>
        XDocument.Load(project).Descendants("ProjectReference").Select(reference => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(project)!, reference.Attribute("Include")!.Value))).SelectMany(References).Append(project);

    private static string AssemblyOf(string project) => XDocument.Load(Path.Combine(Manifests.Sources, project)).Descendants("AssemblyName").Single().Value;

    [GeneratedRegex(@"^COPY (?!--from)(?<sources>.+) \S+$", RegexOptions.Multiline)]
    private static partial Regex Copy();

    [GeneratedRegex(@"^RUN dotnet publish (?<project>\S+) -c Release\b.*-o /out/", RegexOptions.Multiline)]
    private static partial Regex Publish();

    [GeneratedRegex(@"apt-get install -y --no-install-recommends (?<packages>[^&\n]+)")]
    private static partial Regex AptInstall();
}
