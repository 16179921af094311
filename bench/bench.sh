#!/bin/sh
# Measures a Release host beside the raw kernel, the raw journal, forked tools and a Docker Engine, in one run, in namespaces of its own. As root. Arguments name parts: bench/bench.sh docker;
# without any all are run. The part docker wants docker.io, iptables and busybox-static, which are not installed for it; without them it says so.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
. "$here/../.ci/prepare.sh"
install_missing dnsperf=dnsperf iperf3=iperf3 ip=iproute2 nft=nftables
publish_host "$here/.."
case " $* " in "  "|*" engine "*)
    install_docker_client "$here/.."
    install_docker_engine "$here/.."
    [ -x "$NWC_ENGINE/etcd" ] || fetch_programs "$NWC_ENGINE" etcd-server bin/etcd ;;
esac
quietly dotnet build "$here/Bench.csproj" -c Release
# As ./run.sh starts a host.
export DOTNET_EnableWriteXorExecute=0
exec unshare --net --mount --propagation private sh -c '
    ip link set lo up
    mkdir -p /run/netns /etc/netns /run/nwc
    mount -t tmpfs tmpfs /run/netns
    mount -t tmpfs tmpfs /etc/netns
    mount -t tmpfs tmpfs /run/nwc
    exec "$@"' sh dotnet "$here/../artifacts/bin/Bench/release/Akka.NetworkCluster.Bench.dll" "$here/../artifacts/host/Akka.NetworkCluster.Host" "$@"
