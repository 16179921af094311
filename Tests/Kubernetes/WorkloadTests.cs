using k8s.Models;
using NetworkCluster.Agents;
using NetworkCluster.Configuration;
using NetworkCluster.Operations;
using Xunit;

namespace NetworkCluster.Tests.Kubernetes;

/// <summary>What holds of the base, and of everything that is built from it.</summary>
public sealed class WorkloadTests
{
    private const string Live = OperationsServer.Live, Ready = OperationsServer.Ready, Metrics = OperationsServer.Metrics;

    public static TheoryData<string> All => Deployed.All;

    [Theory]
    [MemberData(nameof(All))]
    public void Whoever_selects_pods_selects_the_right_ones(string folder)
    {
        var deployed = Deployed.Of(folder);
        Assert.All(deployed.Workloads, workload => Assert.Equal([workload], Selected(workload.Selector.MatchLabels)));
        var control = deployed.Named(Deployed.Control);
        Assert.All(deployed.Kind<V1Service>(), service => Assert.Single(Selected(service.Spec.Selector)));
        Assert.All(deployed.Kind<V1NetworkPolicy>(), policy =>
        {
            Assert.Equal([control], Selected(policy.Spec.PodSelector.MatchLabels));
            var cluster = Assert.Single(policy.Spec.Ingress, rule => rule.Ports.Any(port => port.Port.Value == "cluster"));
            Assert.Equal([control], cluster.FromProperty.Where(peer => peer.PodSelector is not null).SelectMany(peer => Selected(peer.PodSelector.MatchLabels)));
            Assert.All(policy.Spec.Ingress.SelectMany(rule => rule.Ports), port => Assert.Contains(Deployed.HostOf(control).Ports, mine => mine.Name == port.Port.Value));
        });
        foreach (var term in deployed.Workloads.SelectMany(workload => workload.Template.Spec.Affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? [])) Assert.Equal([control], Selected(term.LabelSelector.MatchLabels));
        foreach (var spread in deployed.Workloads.SelectMany(workload => workload.Template.Spec.TopologySpreadConstraints ?? [])) Assert.Equal([control], Selected(spread.LabelSelector.MatchLabels));

        IEnumerable<Workload> Selected(IDictionary<string, string> labels) => deployed.Workloads.Where(workload => Deployed.Selects(labels, workload));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_seeds_are_the_control_pods_behind_the_headless_service(string folder)
    {
        var deployed = Deployed.Of(folder);
        var set = Assert.Single(deployed.Kind<V1StatefulSet>());
        var service = Assert.Single(deployed.Kind<V1Service>(), service => service.Name() == set.Spec.ServiceName);
        Assert.Equal("None", service.Spec.ClusterIP);
        Assert.True(service.Spec.PublishNotReadyAddresses);
        Assert.True(Deployed.Selects(service.Spec.Selector, deployed.Named(Deployed.Control)));
        Assert.All(deployed.Ours, workload =>
        {
            var settings = Deployed.SettingsOf(Deployed.HostOf(workload));
            Assert.Equal($"{service.Name()}:{settings.ClusterAddress.Port}", Assert.Single(settings.Node.Seeds));
        });
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Ports_are_those_that_the_host_listens_at(string folder)
    {
        var deployed = Deployed.Of(folder);
        Assert.All(deployed.Ours, workload =>
        {
            var container = Deployed.HostOf(workload);
            var configuration = Deployed.ConfigurationOf(container);
            Assert.Equal(["cluster", "operations", "pbm"], container.Ports.Select(port => port.Name).Order(StringComparer.Ordinal));
            Assert.All(container.Ports, port => Assert.Equal(configuration.GetInt($"network-cluster.{port.Name}.port"), port.ContainerPort));
            // In the node's network nobody else may have them.
            Assert.All(container.Ports, port => Assert.Equal(workload.Template.Spec.HostNetwork == true ? port.ContainerPort : null, port.HostPort));
        });
        Assert.All(deployed.Kind<V1Service>(), service =>
        {
            var container = Deployed.HostOf(Assert.Single(deployed.Workloads, workload => Deployed.Selects(service.Spec.Selector, workload)));
            Assert.All(service.Spec.Ports, port => Assert.Equal(port.Port, Assert.Single(container.Ports, mine => mine.Name == port.TargetPort.Value).ContainerPort));
        });
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Probes_and_whoever_collects_metrics_ask_where_the_host_answers(string folder) => Assert.All(Deployed.Of(folder).Ours, workload =>
    {
        var container = Deployed.HostOf(workload);
        Assert.Equal([(Live, "operations"), (Live, "operations"), (Ready, "operations")],
            new[] { container.StartupProbe, container.LivenessProbe, container.ReadinessProbe }.Select(probe => (probe.HttpGet.Path, probe.HttpGet.Port.Value)));
        var annotations = workload.Template.Metadata.Annotations;
        Assert.Equal(("true", $"{container.Ports.Single(port => port.Name == "operations").ContainerPort}", Metrics),
            (annotations["prometheus.io/scrape"], annotations["prometheus.io/port"], annotations["prometheus.io/path"]));
        // On loopback the kubelet would not reach it.
        Assert.Equal(Deployed.EnvironmentOf(container)["POD_IP"], Deployed.ConfigurationOf(container).GetString("network-cluster.operations.address"));
    });

    [Theory]
    [MemberData(nameof(All))]
    public void Every_variable_is_a_setting_and_all_of_them_together_start_a_host(string folder)
    {
        var deployed = Deployed.Of(folder);
        Assert.All(deployed.Ours, workload =>
        {
            var container = Deployed.HostOf(workload);
            // LayeredConfig refuses a setting of ours that does not exist; what has another beginning it does not see.
            Assert.All(container.Env.Where(variable => variable.Name != "POD_IP"), variable => Assert.StartsWith("NETWORK_CLUSTER__", variable.Name, StringComparison.Ordinal));
            var settings = Deployed.SettingsOf(container);
            Assert.Equal(Deployed.EnvironmentOf(container)["POD_IP"], settings.ClusterAddress.Address.ToString());
            Assert.True(settings.Pbm.Address.Equals(System.Net.IPAddress.Loopback), "whoever reaches pbm commands the cluster: it stays on loopback");
        });
        var (control, agent) = (Deployed.SettingsOf(Deployed.HostOf(deployed.Named(Deployed.Control))), Deployed.SettingsOf(Deployed.HostOf(deployed.Named(Deployed.Agent))));
        Assert.Equal((true, false, ""), (control.Node.Control, control.Node.Agent, control.DockerSocket));
        Assert.Equal((false, true, DataplaneMode.Linux), (agent.Node.Control, agent.Node.Agent, agent.Mode));
        Assert.NotEqual(control.Host, agent.Host);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_secret_is_made_by_the_overlay_or_the_readme_says_how(string folder)
    {
        var deployed = Deployed.Of(folder);
        var readme = Manifests.Read("README.md");
        foreach (var reference in deployed.Workloads.SelectMany(ContainersOf).SelectMany(container => container.Env).Select(variable => variable.ValueFrom?.SecretKeyRef).OfType<V1SecretKeySelector>())
        {
            var made = deployed.Kind<V1Secret>().SingleOrDefault(secret => secret.Name() == reference.Name);
            if (made is not null) Assert.Contains(reference.Key, made.StringData.Keys);
            else Assert.Contains($"create secret generic {reference.Name} --from-literal={reference.Key}=", readme, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("password=", string.Concat(deployed.Kind<V1Secret>().SelectMany(secret => secret.StringData.Values)), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Certificates_come_from_a_secret_that_the_readme_makes_and_production_has_them(string folder) => Assert.All(Deployed.Of(folder).Ours, workload =>
    {
        var (tls, container) = (Deployed.SettingsOf(Deployed.HostOf(workload)).Tls, Deployed.HostOf(workload));
        Assert.Equal(folder.Contains("production", StringComparison.Ordinal), tls is not null);
        var secrets = (workload.Template.Spec.Volumes ?? []).Where(volume => volume.Secret is not null).ToList();
        Assert.Equal(tls is null ? 0 : 1, secrets.Count);
        if (tls is null) return;
        var mount = Assert.Single(container.VolumeMounts, mount => mount.Name == secrets[0].Name);
        // Kubernetes' own names in a secret of this kind, readable for the host's group alone.
        Assert.Equal((true, 288, "ca.crt", "tls.crt", "tls.key"), (mount.ReadOnlyProperty, secrets[0].Secret.DefaultMode, Below(mount, tls.Authority), Below(mount, tls.Certificate), Below(mount, tls.Key)));
        var readme = Manifests.Read("README.md");
        Assert.Contains($"create secret generic {secrets[0].Secret.SecretName} --type=kubernetes.io/tls --from-file=ca.crt=", readme, StringComparison.Ordinal);
    });

    private static string Below(V1VolumeMount mount, string file) => file.StartsWith($"{mount.MountPath}/", StringComparison.Ordinal) ? file[(mount.MountPath.Length + 1)..] : $"not below {mount.MountPath}: {file}";

    [Theory]
    [MemberData(nameof(All))]
    public void Every_mount_has_its_volume_and_every_volume_its_mount(string folder) => Assert.All(Deployed.Of(folder).Workloads, workload => Assert.Equal(
        (workload.Template.Spec.Volumes ?? []).Select(volume => volume.Name).Order(StringComparer.Ordinal),
        ContainersOf(workload).SelectMany(container => container.VolumeMounts ?? []).Select(mount => mount.Name).Order(StringComparer.Ordinal)));

    [Theory]
    [MemberData(nameof(All))]
    public void Wherever_a_host_writes_there_is_a_volume(string folder) => Assert.All(Deployed.Of(folder).Ours, workload =>
    {
        var container = Deployed.HostOf(workload);
        Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
        var settings = Deployed.SettingsOf(container);
        HostNetworkingOptions networking = settings.Networking;
        string[] ofAgents = settings.Node.Agent ? [Path.GetDirectoryName(settings.DockerSocket)!, networking.StateDirectoryOrDefault, networking.NetnsDirectory, networking.NetnsFilesDirectory] : [];
        Assert.Equal(((string[])["/tmp", settings.DataDirectory, .. ofAgents]).Order(StringComparer.Ordinal), container.VolumeMounts.Where(mount => mount.ReadOnlyProperty != true).Select(mount => mount.MountPath).Order(StringComparer.Ordinal));
    });

    [Theory]
    [MemberData(nameof(All))]
    public void One_pod_after_the_other_has_time_to_hand_over_and_to_come_back(string folder)
    {
        var deployed = Deployed.Of(folder);
        var control = Assert.Single(deployed.Kind<V1StatefulSet>());
        var agents = Assert.Single(deployed.Kind<V1DaemonSet>());
        Assert.Equal("RollingUpdate", control.Spec.UpdateStrategy.Type);
        Assert.Equal(("RollingUpdate", "1", "0"), (agents.Spec.UpdateStrategy.Type, agents.Spec.UpdateStrategy.RollingUpdate.MaxUnavailable.Value, agents.Spec.UpdateStrategy.RollingUpdate.MaxSurge.Value));
        var budget = Assert.Single(deployed.Kind<V1PodDisruptionBudget>());
        Assert.Equal("1", budget.Spec.MaxUnavailable.Value);
        Assert.Equal([deployed.Named(Deployed.Control)], deployed.Workloads.Where(workload => Deployed.Selects(budget.Spec.Selector.MatchLabels, workload)));
        Assert.All(deployed.Ours, workload =>
        {
            var grace = TimeSpan.FromSeconds(workload.Template.Spec.TerminationGracePeriodSeconds!.Value);
            Assert.True(grace >= TimeSpan.FromSeconds(60), "a host that is cut off while it hands over leaves the others to find out");
            Assert.True(Deployed.SettingsOf(Deployed.HostOf(workload)).Node.LeaveGrace > grace, "what a node has would be given up before the next pod is there");
        });
    }

    private static IEnumerable<V1Container> ContainersOf(Workload workload) => [.. workload.Template.Spec.InitContainers ?? [], .. workload.Template.Spec.Containers];
}
