#!/bin/sh
# Three hosts of one cluster on one machine, to try it: h1, h2 and h3 in network namespaces of their own (lab-h1, ...) at 10.9.0.1, .2 and .3, on a bridge (lab0) with a PostgreSQL of their own
# at 10.9.0.9. As root, after ./run.sh has built everything once; pbm reaches the hosts at 10.9.0.1:9110 and so on, without TLS: nothing leaves the machine.
#   three-hosts.sh up               makes all of it and starts the hosts
#   three-hosts.sh kill HOST        kill -9 of its process: its containers live on
#   three-hosts.sh cut HOST         its machine loses its power: process, containers and links are gone, its disk is not
#   three-hosts.sh stop HOST        tells it to leave, and waits until it has
#   three-hosts.sh start HOST       starts it again
#   three-hosts.sh down             ends everything and removes it
# What they write is in LAB (/var/tmp/network-cluster-lab): the hosts' logs and journal marks, the database.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd)
. "$here/.ci/prepare.sh"
lab=${LAB:-/var/tmp/network-cluster-lab}
hosts="h1 h2 h3"

is_root || fail "network namespaces need root"
host=${2-}
case ${1-} in
    up | down) [ $# = 1 ] || fail "'$1' takes no more words" ;;
    kill | cut | stop | start) case " $hosts " in *" $host "*) ;; *) fail "'$1' takes one of the hosts: $hosts" ;; esac ;;
    *) fail "usage: $(basename "$0") up | kill HOST | cut HOST | stop HOST | start HOST | down" ;;
esac
if [ "$1" != up ] && [ ! -d "$lab" ]; then fail "there is nothing in $lab: begin with '$(basename "$0") up'"; fi

postgres() {
    program=$1
    shift
    (cd / && runuser -u postgres -- "$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)/$program" "$@")
}

number() { echo "${1#h}"; }

process() { cat "$lab/$1/pid" 2>/dev/null || true; }

# ended HOST SECONDS: until its process is no more.
ended() { [ -z "$(process "$1")" ] || timeout "$2" tail --pid="$(process "$1")" -f /dev/null; }

signal() {
    pid=$(process "$2")
    if [ -n "$pid" ]; then kill "-$1" "$pid" 2>/dev/null || true; fi
}

# The place of a host: a namespace with an address on the bridge, as a machine has one on its network.
place() {
    i=$(number "$1")
    ip netns add "lab-$1"
    ip link add "lab-$1" type veth peer name eth0 netns "lab-$1"
    ip link set "lab-$1" master lab0 up
    ip -n "lab-$1" link set lo up
    ip -n "lab-$1" addr add "10.9.0.$i/24" dev eth0
    ip -n "lab-$1" link set eth0 up
    ip -n "lab-$1" route add default via 10.9.0.9
}

# Its process, in that network alone: its files are the machine's, so that a later life finds what lives.
begin() {
    i=$(number "$1")
    if [ -n "$(process "$1")" ] && kill -0 "$(process "$1")" 2>/dev/null; then fail "$1 runs"; fi
    if ! ip -n "lab-$1" link show eth0 >/dev/null 2>&1; then
        ip netns delete "lab-$1" 2>/dev/null || true
        place "$1"
    fi
    mkdir -p "$lab/$1"
    : >"$lab/$1/log"
    setsid nsenter --net="/run/netns/lab-$1" dotnet "$here/artifacts/host/Akka.NetworkCluster.Host.dll" --config "$here/hocon/cluster.conf" --host-id "$1" --data "$lab/$1" \
        --pbm "10.9.0.$i:9110" --set network-cluster.pbm.tls=off --set "network-cluster.docker-api.socket=$lab/$1/docker.sock" --set "network-cluster.dataplane.prefix=lb$i" \
        --set "network-cluster.cluster.address=10.9.0.$i" --set 'network-cluster.cluster.seeds=["10.9.0.1:4053", "10.9.0.2:4053", "10.9.0.3:4053"]' \
        --set "network-cluster.journal.connection-string=Host=10.9.0.9;Port=5499;Database=network_cluster;Username=postgres" >>"$lab/$1/log" 2>&1 </dev/null &
    echo $! >"$lab/$1/pid"
}

# Until it says that it is up, or ends.
up() {
    pid=$(process "$1")
    timeout 90 tail -n +1 --pid="$pid" -f "$lab/$1/log" 2>/dev/null | grep -q -m1 " is up" || { tail -5 "$lab/$1/log" >&2; fail "$1 did not come up: $lab/$1/log"; }
    echo "$1 is up: ./pbm 10.9.0.$(number "$1"):9110"
}

# What a machine without power has no more.
vanish() {
    i=$(number "$1")
    signal KILL "$1"
    ended "$1" 20
    for netns in $(ip netns list | cut -d' ' -f1 | grep -E "^(lb$i-|lab-$1\$)"); do
        # shellcheck disable=SC2046
        kill -KILL $(ip netns pids "$netns") 2>/dev/null || true
        ip netns delete "$netns"
    done
    # With its namespace alone it would go some time later, and be in the way of the next one.
    ip link delete "lab-$1" 2>/dev/null || true
    rm -rf "/run/lb$i" "$lab/$1/pid"
}

case $1 in
    up)
        [ ! -d "$lab" ] || fail "$lab is there already: '$(basename "$0") down' removes it"
        [ -d "$here/artifacts/host" ] || fail "the host is not built: ./run.sh builds it"
        require_dotnet "$here"
        install_postgresql
        ! ip link show lab0 >/dev/null 2>&1 || fail "there is a link lab0 already"
        mkdir -p "$lab/db"
        chown postgres "$lab/db"
        ip link add lab0 type bridge
        ip addr add 10.9.0.9/24 dev lab0
        ip link set lab0 up
        postgres initdb -D "$lab/db/data" -A trust -E UTF8 >/dev/null
        echo "host all all 10.9.0.0/24 trust" >>"$lab/db/data/pg_hba.conf"
        postgres pg_ctl -D "$lab/db/data" -w -l "$lab/db/log" -o "-p 5499 -c listen_addresses=10.9.0.9 -c unix_socket_directories=$lab/db" start >/dev/null 2>&1 </dev/null
        postgres createdb -h "$lab/db" -p 5499 network_cluster
        for one in $hosts; do begin "$one"; done
        for one in $hosts; do up "$one"; done
        ;;
    start)
        begin "$host"
        up "$host"
        ;;
    kill)
        signal KILL "$host"
        ended "$host" 20
        ;;
    stop)
        signal TERM "$host"
        ended "$host" 60
        ;;
    cut) vanish "$host" ;;
    down)
        for one in $hosts; do vanish "$one"; done
        postgres pg_ctl -D "$lab/db/data" -m fast -w stop >/dev/null 2>&1 || true
        ip link delete lab0 2>/dev/null || true
        rm -rf "$lab"
        ;;
esac
