#!/bin/sh
# Builds everything with warnings as errors and runs all tests; the last line is "N passed, M failed". Arguments go to the test runner: ./test.sh --filter Dns
# The tests that touch the kernel need root; they run in namespaces of their own, and nothing of them stays on the machine.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd)
. "$here/.ci/prepare.sh"
cd "$here"

if is_root; then
    install_missing nft=nftables ip=iproute2 ping=iputils-ping dig=dnsutils jq=jq tcpdump=tcpdump strace=strace kubectl=kubernetes-client ps=procps gcc=gcc /usr/include/zlib.h=zlib1g-dev
    install_postgresql
    install_docker_client "$here"
    install_docker_engine "$here"
fi
require_dotnet "$here"
quietly dotnet build Akka.NetworkCluster.sln -c Release
publish_host "$here"
publish_pbm "$here"

export NWC_HOST="$here/artifacts/host/Akka.NetworkCluster.Host.dll"

results=$(mktemp -d)
runner=
# Told to end, the tests end too; what they started dies with their namespaces.
trap 'if [ -n "$runner" ]; then kill -TERM "$runner" 2>/dev/null; wait "$runner" || true; fi; rm -rf "$results"' EXIT
trap 'exit 1' TERM INT
private=
if is_root; then private=.ci/private; fi
# The library and not the project: nothing is built in there, where no package source can be reached.
code=0
$private dotnet test artifacts/bin/Tests/release/Akka.NetworkCluster.Tests.dll --nologo --logger "trx;LogFileName=all.trx" --results-directory "$results" \
    --blame-hang-timeout 10m --blame-hang-dump-type none "$@" </dev/null &
runner=$!
wait "$runner" || code=$?
runner=

count() { sed -n "s/.*<Counters [^>]*\b$1=\"\([0-9]*\)\".*/\1/p" "$results/all.trx" 2>/dev/null | head -1; }
total=$(count total) executed=$(count executed) passed=$(count passed)
: "${total:=0}" "${executed:=0}" "${passed:=0}"
failed=$((executed - passed)) skipped=$((total - executed))

# A runner that fails without a failed test has crashed, or found none.
if [ "$code" != 0 ] && [ "$failed" = 0 ]; then failed=1; fi
if [ "$skipped" -gt 0 ]; then
    if is_root; then
        echo "test.sh: $skipped tests were skipped; as root none may be:" >&2
        sed -n 's/.*<UnitTestResult .*testName="\([^"]*\)".*outcome="NotExecuted".*/  \1/p' "$results/all.trx" >&2
        failed=$((failed + skipped))
    else
        echo "test.sh: not root: $skipped tests that touch the kernel were left out" >&2
    fi
fi

echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
