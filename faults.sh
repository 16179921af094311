#!/bin/sh
# Starts several hosts with a real PostgreSQL in namespaces of their own, lets clients work, breaks what a seed chooses, and compares: ./faults.sh [--planted] [--minutes N] [--seed N] [--hosts 3-5] [--only FAULT]. As root.
# --only: the faults with this in their name; comes last. --planted: a host with known faults, each of which must be found.
# NWC_LOG_LEVEL=Debug AKKA__LOGLEVEL=DEBUG has the hosts say more. Prints what it does; ends with 0 when everything was as it must be, and with 1 and the history of what was not.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd)
. "$here/.ci/prepare.sh"
cd "$here"
install_missing nft=nftables ip=iproute2 ping=iputils-ping gcc=gcc
install_postgresql
require_dotnet "$here"
quietly dotnet build Akka.NetworkCluster.sln -c Release
host=artifacts/host
if [ "${1-}" = --planted ]; then
    # The same sources with the faults of Tests/Planted, beside everything else.
    host=artifacts/planted/host
    quietly dotnet publish Host -c Release -p:PlantedFaults=true -p:ArtifactsPath="$here/artifacts/planted" -p:PublishReadyToRun=false -o "$host"
else
    publish_host "$here"
fi
NWC_HOST="$here/$host/Akka.NetworkCluster.Host.dll" exec .ci/private dotnet artifacts/bin/Tests/release/Akka.NetworkCluster.Tests.dll "$@"
