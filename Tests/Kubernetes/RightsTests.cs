using k8s.Models;
using Xunit;

namespace NetworkCluster.Tests.Kubernetes;

/// <summary>What the pods may do: no more than they need.</summary>
public sealed class RightsTests
{
    private const string Privileged = "overlays/production-privileged";

    public static TheoryData<string> All => Deployed.All;

    [Theory]
    [MemberData(nameof(All))]
    public void A_control_pod_may_do_nothing_to_its_node(string folder)
    {
        var workload = Deployed.Of(folder).Named(Deployed.Control);
        var (pod, rights) = (workload.Template.Spec, Deployed.HostOf(workload).SecurityContext);
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.NotEqual(0, pod.SecurityContext.RunAsUser);
        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
        Assert.False(rights.AllowPrivilegeEscalation);
        Assert.Null(rights.RunAsUser);
        Assert.Equal(["ALL"], rights.Capabilities.Drop);
        Assert.Null(rights.Capabilities.Add);
        Assert.NotEqual(true, pod.HostNetwork);
        Assert.DoesNotContain(pod.Volumes, volume => volume.HostPath is not null);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void An_agent_has_the_capabilities_that_the_kernel_asks_of_it_and_no_others(string folder)
    {
        var workload = Deployed.Of(folder).Named(Deployed.Agent);
        var (pod, rights) = (workload.Template.Spec, Deployed.HostOf(workload).SecurityContext);
        Assert.Equal(["ALL"], rights.Capabilities.Drop);
        Assert.Equal(["NET_ADMIN", "SYS_ADMIN", "NET_RAW", "NET_BIND_SERVICE"], rights.Capabilities.Add);
        Assert.Equal(("RuntimeDefault", "Unconfined"), (pod.SecurityContext.SeccompProfile.Type, pod.SecurityContext.AppArmorProfile.Type));
        Assert.Equal((true, "ClusterFirstWithHostNet"), (pod.HostNetwork, pod.DnsPolicy));
        Assert.NotEqual(true, pod.HostPID);
        Assert.NotEqual(true, pod.HostIPC);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Nobody_is_privileged_but_in_the_overlay_that_says_so(string folder) => Assert.All(Deployed.Of(folder).Workloads, workload =>
        Assert.All(workload.Template.Spec.Containers, container => Assert.Equal(folder == Privileged && workload.Name == Deployed.Agent, container.SecurityContext?.Privileged ?? false)));

    // The API server's own rule, which no schema has.
    [Theory]
    [MemberData(nameof(All))]
    public void Mounts_go_out_of_privileged_containers_alone(string folder)
    {
        var agent = Deployed.Of(folder).Named(Deployed.Agent);
        var mounts = Deployed.Of(folder).Workloads.SelectMany(workload => workload.Template.Spec.Containers).SelectMany(container => (container.VolumeMounts ?? []).Select(mount => (container, mount)));
        Assert.All(mounts.Where(pair => pair.mount.MountPropagation == "Bidirectional"), pair => Assert.True(pair.container.SecurityContext.Privileged));
        // Sandboxes that outlive their pod are on the node, with their files; those that do not leave nothing there.
        Assert.All(agent.Template.Spec.Volumes.Where(volume => volume.Name.StartsWith("netns", StringComparison.Ordinal)), volume => Assert.Equal(folder == Privileged, volume.HostPath is not null));
        Assert.Equal(folder == Privileged ? "Bidirectional" : null, Deployed.HostOf(agent).VolumeMounts.Single(mount => mount.MountPath == "/run/netns").MountPropagation);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Nobody_is_given_a_token_for_Kubernetes(string folder)
    {
        var deployed = Deployed.Of(folder);
        Assert.All(deployed.Workloads, workload => Assert.False(workload.Template.Spec.AutomountServiceAccountToken));
        Assert.All(deployed.Kind<V1ServiceAccount>(), account => Assert.False(account.AutomountServiceAccountToken));
        Assert.Equal(deployed.Ours.Select(workload => workload.Template.Spec.ServiceAccountName).Order(StringComparer.Ordinal), deployed.Kind<V1ServiceAccount>().Select(account => account.Name()).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(deployed.Objects, made => made is V1Role or V1ClusterRole or V1RoleBinding or V1ClusterRoleBinding);
    }

    [Fact]
    public void The_namespace_lets_the_agents_in() =>
        Assert.Equal("privileged", Assert.Single(Deployed.Of("base").Kind<V1Namespace>()).Metadata.Labels["pod-security.kubernetes.io/enforce"]);
}
