using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Configuration;
using k8s.Models;
using NetworkCluster.Configuration;
using Xunit;

namespace NetworkCluster.Tests.Kubernetes;

/// <summary>All that one kustomization would have in a cluster.</summary>
internal sealed class Deployed
{
    public const string Control = "network-cluster-control", Agent = "network-cluster-agent", Host = "host", App = "/app/";
    private static readonly ConcurrentDictionary<string, Deployed> Built = new(StringComparer.Ordinal);

    // As the field of a pod reads in a cluster.
    private static readonly Dictionary<string, string> Fields = new(StringComparer.Ordinal)
    {
        ["metadata.name"] = $"{Control}-0",
        ["spec.nodeName"] = "ip-10-0-12-34.eu-central-1.compute.internal",
        ["status.podIP"] = "10.244.1.7",
    };

    private Deployed(IEnumerable<object> objects)
    {
        Objects = [.. objects];
        Workloads = Manifests.Workloads(Objects);
    }

    /// <summary>The base as its files are, and where kubectl is installed what it builds of each overlay.</summary>
    public static TheoryData<string> All => [.. Kubectl.IsInstalled ? ["base", .. Manifests.Overlays] : (string[])["base"]];

    public ImmutableArray<object> Objects { get; }

    public ImmutableArray<Workload> Workloads { get; }

    /// <summary>Those that run our image.</summary>
    public IEnumerable<Workload> Ours => Workloads.Where(workload => workload.Name is Control or Agent);

    public static Deployed Of(string folder) => Built.GetOrAdd(folder, static folder => new(folder == "base"
        ? Manifests.KustomizationOf(folder).Resources.SelectMany(file => Manifests.Objects(Manifests.Read(Path.Combine(folder, file))))
        : Manifests.Objects(Kubectl.Build(folder))));

    public IEnumerable<T> Kind<T>() => Objects.OfType<T>();

    public Workload Named(string name) => Assert.Single(Workloads, workload => workload.Name == name);

    public static V1Container HostOf(Workload workload) => Assert.Single(workload.Template.Spec.Containers);

    /// <summary>The environment of a container, with a sample for what the cluster fills in.</summary>
    public static ImmutableDictionary<string, string> EnvironmentOf(V1Container container)
    {
        var environment = ImmutableDictionary<string, string>.Empty;
        foreach (var variable in container.Env)
        {
            var value = variable.ValueFrom switch
            {
                { FieldRef: { } field } => Fields[field.FieldPath],
                { SecretKeyRef: not null } => "Host=db;Database=network_cluster;Username=nwc",
                null => variable.Value ?? "",
                _ => throw new InvalidOperationException($"{variable.Name} comes from where nothing of ours does"),
            };
            // In their order, as Kubernetes does it: a variable sees those above it.
            environment = environment.Add(variable.Name, environment.Aggregate(value, (text, above) => text.Replace($"$({above.Key})", above.Value, StringComparison.Ordinal)));
        }

        return environment;
    }

    /// <summary>All layers of a container's configuration: the files that its arguments name, and its environment.</summary>
    public static Config ConfigurationOf(V1Container container)
    {
        var arguments = HostArguments.Parse([.. container.Args]);
        return LayeredConfig.Load(arguments.Files.Select(Published), new Hashtable(EnvironmentOf(container)), arguments.Settings);
    }

    public static HostSettings SettingsOf(V1Container container) => HostSettings.From(ConfigurationOf(container));

    // The image has under /app what is published, and so beside the tests.
    private static string Published(string file) => file.StartsWith(App, StringComparison.Ordinal) ? Path.Combine(AppContext.BaseDirectory, file[App.Length..]) : file;

    public static bool Selects(IDictionary<string, string> selector, Workload workload) =>
        selector.Count > 0 && selector.All(label => workload.Template.Metadata.Labels.TryGetValue(label.Key, out var value) && value == label.Value);
}
