using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using k8s;
using k8s.Models;

namespace NetworkCluster.Tests.Kubernetes;

/// <summary>What a <c>kustomization.yaml</c> of ours may say; anything else in one is refused when it is read.</summary>
public sealed record Kustomization
{
    public string ApiVersion { get; set; } = "";
    public string Kind { get; set; } = "";
    public string Namespace { get; set; } = "";
    public List<string> Resources { get; set; } = [];
    public List<KustomizationPatch> Patches { get; set; } = [];
    public List<KustomizationImage> Images { get; set; } = [];
}

/// <summary>A file of fields that lie over those of the object of the same kind and name.</summary>
public sealed record KustomizationPatch
{
    public string Path { get; set; } = "";
}

/// <summary>What stands for an image's name.</summary>
public sealed record KustomizationImage
{
    public string Name { get; set; } = "";
    public string? NewName { get; set; }
    public string? NewTag { get; set; }
}

/// <summary>The pods that one manifest makes.</summary>
public sealed record Workload(string Kind, string Name, V1PodTemplateSpec Template, V1LabelSelector Selector)
{
    public override string ToString() => $"{Kind} {Name}";
}

/// <summary>The files of <c>k8s/</c>, and what is in them.</summary>
internal static class Manifests
{
    public const string KustomizationFile = "kustomization.yaml";

    /// <summary>The top folder of the sources.</summary>
    public static string Sources { get; } = Path.GetFullPath(Path.Combine(Here(), "..", ".."));

    public static string Folder { get; } = Path.Combine(Sources, "k8s");

    /// <summary>Every folder with a kustomization, by its path below <c>k8s/</c>.</summary>
    public static ImmutableArray<string> Kustomizations { get; } =
        [.. Directory.EnumerateFiles(Folder, KustomizationFile, SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, Path.GetDirectoryName(file)!)).Order(StringComparer.Ordinal)];

    public static ImmutableArray<string> Overlays { get; } = [.. Kustomizations.Where(folder => folder.StartsWith("overlays", StringComparison.Ordinal))];

    /// <summary>Every file of objects, whole ones and patches.</summary>
    public static ImmutableArray<string> Files { get; } =
        [.. Directory.EnumerateFiles(Folder, "*.y*ml", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != KustomizationFile).Select(file => Path.GetRelativePath(Folder, file)).Order(StringComparer.Ordinal)];

    /// <summary>The objects in a text. A field that the kind does not have, or a field given twice, is an error.</summary>
    public static ImmutableArray<object> Objects(string yaml) => [.. KubernetesYaml.LoadAllFromString(yaml, typeMap: null, strict: true)];

    public static string Read(string file) => File.ReadAllText(Path.Combine(Folder, file));

    public static Kustomization KustomizationOf(string folder) => KubernetesYaml.Deserialize<Kustomization>(Read(Path.Combine(folder, KustomizationFile)), strict: true);

    /// <summary>What the kustomization of a folder names, as paths below <c>k8s/</c>.</summary>
    public static IEnumerable<string> NamedBy(string folder)
    {
        var kustomization = KustomizationOf(folder);
        return kustomization.Resources.Concat(kustomization.Patches.Select(patch => patch.Path)).Select(path => Path.GetRelativePath(Folder, Path.GetFullPath(Path.Combine(Folder, folder, path))));
    }

    /// <summary>The pods that objects make.</summary>
    public static ImmutableArray<Workload> Workloads(IEnumerable<object> objects) => [.. objects.Select(Workload).OfType<Workload>()];

    private static Workload? Workload(object made) => made switch
    {
        V1StatefulSet set => new("StatefulSet", set.Name(), set.Spec.Template, set.Spec.Selector),
        V1DaemonSet set => new("DaemonSet", set.Name(), set.Spec.Template, set.Spec.Selector),
        V1Deployment deployment => new("Deployment", deployment.Name(), deployment.Spec.Template, deployment.Spec.Selector),
        _ => null,
    };

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
