#!/bin/sh
# Starts one host in the foreground: installs what is missing (as root), builds, and becomes the host's process, so that signals reach it.
# Arguments go to the host: ./run.sh --host-id h1 --data /srv/h1 --pbm 127.0.0.1:9111 --set network-cluster.dataplane.prefix=nw1 --set network-cluster.operations.port=8081 --set network-cluster.docker-api.socket=/run/nw1.sock (a second host of one machine); ./run.sh --help lists them.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd)
. "$here/.ci/prepare.sh"

if is_root; then
    # The last two are for the quick form of ./pbm alone; it is compiled to machine code.
    install_missing nft=nftables ip=iproute2 ping=iputils-ping ps=procps gcc=gcc /usr/include/zlib.h=zlib1g-dev
else
    echo "run.sh: not root: nothing is installed, and the host will only print what it would do to the kernel (simulated)" >&2
    : "${NETWORK_CLUSTER__DATA_DIRECTORY:=${XDG_STATE_HOME:-$HOME/.local/state}/network-cluster}"
    : "${NETWORK_CLUSTER__DOCKER_API__SOCKET:=$NETWORK_CLUSTER__DATA_DIRECTORY/docker.sock}"
    export NETWORK_CLUSTER__DATA_DIRECTORY NETWORK_CLUSTER__DOCKER_API__SOCKET
fi

require_dotnet "$here"
if [ ! -d "$here/artifacts/host" ]; then echo "building; the first time takes a few minutes" >&2; fi
publish_host "$here" || fail "the build failed, see above"
# Also where there is one: an older client may not know what this host answers.
publish_pbm "$here" || fail "the command line could not be built, see above"

# Pages that are never writable and executable at once would cost a start a sixth of its processor time, and a host is to be back soon.
export DOTNET_EnableWriteXorExecute=0
exec dotnet "$here/artifacts/host/Akka.NetworkCluster.Host.dll" "$@"
