# Sourced by run.sh, test.sh and .ci/run: what all of them need before they begin.
export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# No compiler or build server may stay behind when a script is over.
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false DOTNET_CLI_USE_MSBUILD_SERVER=0

fail() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

is_root() { [ "$(id -u)" = 0 ]; }

# The SDK that global.json asks for.
require_dotnet() {
    command -v dotnet >/dev/null ||
        fail "the .NET SDK 10 is missing. Install it (https://learn.microsoft.com/dotnet/core/install/linux), put it on the PATH, and start this again."
    (cd "$1" && dotnet --version) >/dev/null 2>&1 ||
        fail "there is a dotnet on the PATH ($(command -v dotnet)), but not the SDK $(sed 's/.*"version": *"\([^"]*\)".*/\1/' "$1/global.json") or a later one: $(cd "$1" && dotnet --version 2>&1 | head -1)"
}

# install_missing WHAT=PACKAGE...: asks apt for the packages of those programs (or files, with a slash) that are not there. Does nothing when all are.
install_missing() {
    packages=
    for pair; do
        case $pair in
            /*) [ -e "${pair%%=*}" ] ;;
            *) command -v "${pair%%=*}" >/dev/null ;;
        esac || packages="$packages ${pair#*=}"
    done
    [ -n "$packages" ] || return 0
    command -v apt-get >/dev/null || fail "these are missing, and there is no apt-get to install them with:$packages"
    echo "installing:$packages" >&2
    log=$(mktemp)
    # An index that is already there may know the packages: the slow update only where it does not.
    # shellcheck disable=SC2086
    if ! DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >"$log" 2>&1 </dev/null &&
        ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages; } >"$log" 2>&1 </dev/null; then
        cat "$log" >&2
        rm -f "$log"
        fail "apt-get could not install:$packages"
    fi
    rm -f "$log"
}

# PostgreSQL for tests that start one of their own: the package's server is not to be made or started.
install_postgresql() {
    [ ! -d /usr/lib/postgresql ] || return 0
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
    install_missing /usr/lib/postgresql=postgresql
}

# The docker command line where there is none, without the daemon that its package would start: only the client is taken out of it.
install_docker_client() {
    command -v docker >/dev/null && return 0
    export PATH="$1/artifacts/docker:$PATH"
    [ ! -x "$1/artifacts/docker/docker" ] || return 0
    echo "fetching the docker client" >&2
    parts=$(mktemp -d)
    for package in docker-cli docker.io; do
        (cd "$parts" && { apt-get download -qq "$package" || { apt-get update -qq && apt-get download -qq "$package"; }; }) >/dev/null 2>&1 </dev/null || continue
        dpkg-deb -x "$parts/$package"_*.deb "$parts/out" && [ -x "$parts/out/usr/bin/docker" ] && break
    done
    [ -x "$parts/out/usr/bin/docker" ] || fail "the docker client could not be fetched"
    mkdir -p "$1/artifacts/docker"
    cp "$parts/out/usr/bin/docker" "$1/artifacts/docker/docker"
    rm -rf "$parts"
}

# Takes programs (below /usr) out of Debian's packages, into DIRECTORY; nothing is installed. fetch_programs DIRECTORY PACKAGES PROGRAMS
fetch_programs() {
    parts=$(mktemp -d)
    for package in $2; do
        (cd "$parts" && { apt-get download -qq "$package" || { apt-get update -qq && apt-get download -qq "$package"; }; }) >/dev/null 2>&1 </dev/null ||
            fail "apt-get could not fetch $package"
        dpkg-deb -x "$parts/$package"_*.deb "$parts/out"
    done
    mkdir -p "$1"
    for program in $3; do cp "$parts/out/usr/$program" "$1"; done
    rm -rf "$parts"
}

# A Docker Engine of the tests' own: its programs are taken out of Debian's packages, whose installation would start one on the machine.
install_docker_engine() {
    export NWC_ENGINE="$1/artifacts/docker-engine"
    install_missing iptables=iptables busybox=busybox-static
    if [ ! -x "$NWC_ENGINE/dockerd" ]; then
        echo "fetching a docker engine" >&2
        fetch_programs "$NWC_ENGINE" "docker.io containerd runc" "bin/containerd bin/containerd-shim-runc-v2 sbin/runc sbin/docker-proxy sbin/dockerd"
    fi
    # What its package would have brought along.
    ! ldd "$NWC_ENGINE/dockerd" "$NWC_ENGINE/runc" | grep -q "not found" || install_missing /missing=libdevmapper1.02.1 /missing=libseccomp2 /missing=libsystemd0
}

# What a command has to say is of interest only when it fails.
quietly() {
    said=$(mktemp)
    if ! "$@" >"$said" 2>&1; then
        cat "$said" >&2
        rm -f "$said"
        return 1
    fi
    rm -f "$said"
}

# The host, compiled ahead of time as far as it pays: it is up in half the time. Takes a minute or two the first time, seconds when nothing has changed.
publish_host() { quietly dotnet publish "$1/Host" -c Release -o "$1/artifacts/host"; }

# The command line: a program of its own where there is a C compiler, otherwise the slower form that needs the .NET runtime.
publish_pbm() {
    form=
    if ! { command -v clang || command -v gcc; } >/dev/null || [ ! -e /usr/include/zlib.h ]; then
        echo "no C compiler or zlib1g-dev here: building the slower form of pbm, which needs the .NET runtime" >&2
        form="-p:PublishAot=false --self-contained false"
    fi
    # shellcheck disable=SC2086
    quietly dotnet publish "$1/Host/Pbm" -c Release -o "$1/artifacts/pbm" $form
}
