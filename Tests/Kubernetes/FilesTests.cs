using k8s.Models;
using Xunit;

namespace NetworkCluster.Tests.Kubernetes;

public sealed class FilesTests
{
    public static TheoryData<string> Files => [.. Manifests.Files];

    public static TheoryData<string> Kustomizations => [.. Manifests.Kustomizations];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_file_is_of_kinds_and_fields_that_Kubernetes_has(string file)
    {
        var objects = Manifests.Objects(Manifests.Read(file));
        Assert.NotEmpty(objects);
        Assert.All(objects, made => Assert.False(string.IsNullOrEmpty(Assert.IsAssignableFrom<IMetadata<V1ObjectMeta>>(made).Metadata.Name)));
    }

    [Fact]
    public void A_field_that_does_not_exist_would_be_found() =>
        Assert.ThrowsAny<Exception>(() => Manifests.Objects("apiVersion: v1\nkind: Service\nmetadata:\n  name: x\nspec:\n  publishNotReadyAdresses: true\n"));

    [Theory]
    [MemberData(nameof(Kustomizations))]
    public void What_a_kustomization_names_is_there(string folder)
    {
        Assert.All(Manifests.NamedBy(folder), named => Assert.True(
            File.Exists(Path.Combine(Manifests.Folder, named)) || File.Exists(Path.Combine(Manifests.Folder, named, Manifests.KustomizationFile)), $"{folder} names {named}, which is not there"));
        var kustomization = Manifests.KustomizationOf(folder);
        Assert.Equal(("kustomize.config.k8s.io/v1beta1", "Kustomization", "network-cluster"), (kustomization.ApiVersion, kustomization.Kind, kustomization.Namespace));
    }

    [Fact]
    public void No_file_lies_there_that_no_kustomization_names() =>
        Assert.Equal(Manifests.Files, Manifests.Kustomizations.SelectMany(Manifests.NamedBy).Where(named => named.EndsWith(".yaml", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Fact]
    public void The_readme_names_every_overlay_and_every_file_of_the_base()
    {
        var readme = Manifests.Read("README.md");
        Assert.All(Manifests.Overlays.Concat(Manifests.Files.Where(file => file.StartsWith("base", StringComparison.Ordinal))), named => Assert.Contains($"`{named}`", readme, StringComparison.Ordinal));
    }

    [Fact]
    public void An_image_that_an_overlay_replaces_is_one_of_the_base()
    {
        var images = Deployed.Of("base").Workloads.SelectMany(workload => workload.Template.Spec.Containers).Select(container => container.Image).ToHashSet();
        Assert.All(Manifests.Kustomizations.SelectMany(folder => Manifests.KustomizationOf(folder).Images), image => Assert.Contains(image.Name, images));
    }

    [KubectlFact]
    public void Every_overlay_can_be_built() => Assert.All(Manifests.Overlays, overlay => Assert.Equal(2, Deployed.Of(overlay).Ours.Count()));
}
