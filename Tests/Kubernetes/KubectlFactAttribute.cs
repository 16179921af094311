using Xunit;

namespace NetworkCluster.Tests.Kubernetes;

/// <summary>A fact about what <c>kubectl</c> makes of the manifests. It asks no cluster.</summary>
public sealed class KubectlFactAttribute : FactAttribute
{
    public KubectlFactAttribute() => Skip = Kubectl.IsInstalled ? null : "needs kubectl: ./test.sh installs it as root";
}
