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
# Hosts live for seconds here: code that is compiled anew to be quicker, and threads that spin to be awake sooner, cost them half of their processor time.
export NWC_HOST_ENVIRONMENT="DOTNET_TC_CallCounting=0 DOTNET_ThreadPool_UnfairSemaphoreSpinLimit=0"
# Pages that are never writable and executable at once cost a start, and every method that is compiled in it, a sixth of its processor time: here too.
export DOTNET_EnableWriteXorExecute=0

results=$(mktemp -d)
runners=
# Told to end, the tests end too; what they started dies with their namespaces.
trap 'if [ -n "$runners" ]; then kill -TERM $runners 2>/dev/null || true; wait || true; fi; rm -rf "$results"' EXIT
trap 'exit 1' TERM INT
private=
if is_root; then private=.ci/private; fi

# begin NAME ARGUMENTS...: begins a run of tests, in namespaces of its own.
begin() {
    name=$1
    shift
    # The library and not the project: nothing is built in there, where no package source can be reached.
    $private dotnet test artifacts/bin/Tests/release/Akka.NetworkCluster.Tests.dll --nologo --logger "trx;LogFileName=$name.trx" --results-directory "$results" \
        --blame-hang-timeout 10m --blame-hang-dump-type none "$@" </dev/null &
    runners="$runners $!"
}

if [ $# -gt 0 ] || ! is_root; then
    begin all "$@"
else
    # Several hosts wait most of their time for each other: those tests in two rows, one after the other in each, beside all the rest, one after the other.
    # The thirty kills of one host go with the shorter row.
    several=$({ grep -rl '\[Collection(nameof(Underlay))' Tests | sed 's|.*/||; s|\.cs$||' | grep -v '^OverlayAcrossHostsTests$'; echo UngracefulRestartTests; } | sort)
    engines='^DockerEngine\|^FaultTests\|^UngracefulRestartTests'
    any_of() { grep "$@" | sed 's/.*/FullyQualifiedName~.&./' | paste -sd '|'; }
    begin engines --filter "$(echo "$several" | any_of "$engines")" -- xUnit.MaxParallelThreads=1
    begin several --filter "$(echo "$several" | any_of -v "$engines")"
    begin others --filter "$(echo "$several" | sed 's/.*/FullyQualifiedName!~.&./' | paste -sd '&')" -- xUnit.MaxParallelThreads=1
fi
code=0
for runner in $runners; do wait "$runner" || code=$?; done
runners=

echo "the ten that took longest:"
cat "$results"/*.trx | sed -n 's/.*<UnitTestResult .*testName="\([^"(]*\).* duration="\([0-9:]*\).*/  \2 \1/p' | sort -r | head -10

count() { cat "$results"/*.trx 2>/dev/null | sed -n "s/.*<Counters [^>]*\b$1=\"\([0-9]*\)\".*/\1/p" | awk '{ sum += $1 } END { print sum + 0 }'; }
total=$(count total) executed=$(count executed) passed=$(count passed)
failed=$((executed - passed)) skipped=$((total - executed))

# A runner that fails without a failed test has crashed, or found none.
if [ "$code" != 0 ] && [ "$failed" = 0 ]; then failed=1; fi
if [ "$skipped" -gt 0 ]; then
    if is_root; then
        echo "test.sh: $skipped tests were skipped; as root none may be:" >&2
        sed -n 's/.*<UnitTestResult .*testName="\([^"]*\)".*outcome="NotExecuted".*/  \1/p' "$results"/*.trx >&2
        failed=$((failed + skipped))
    else
        echo "test.sh: not root: $skipped tests that touch the kernel were left out" >&2
    fi
fi

echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
