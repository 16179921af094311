#!/bin/sh
# dockerd.sh DIRECTORY: a Docker Engine in namespaces of its own, at DIRECTORY/docker.sock, until standard input ends. Then nothing of it is left, DIRECTORY included. As root.
set -eu
if [ "${2-}" != --inside ]; then exec unshare --net --mount --propagation private "$0" "$1" --inside; fi
directory=$1
group=$(basename "$directory")

# When the bench is broken off, standard input ends, and the last lines are reached all the same.
trap '' INT TERM HUP
ip link set lo up
# In the machine's /run it would find a containerd and a firewalld, and use them; /etc/docker has settings, and would keep a key of it; containerd makes folders in /opt.
for place in /run /etc/docker /opt; do [ ! -d $place ] || mount -t tmpfs tmpfs $place; done

# Without docker0: only the networks that are measured are there. The cgroups are made in one way, be they version 1 or 2; /sys stays the machine's, a new one would hide those of version 1.
# The shell is the first process in there: when it ends, the kernel ends all others and drops what they mounted.
unshare --pid --fork --mount --mount-proc sh -c '
    dockerd --host "unix://$1/docker.sock" --data-root "$1/data" --exec-root "$1/exec" --pidfile "$1/pid" --bridge none \
        --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "/$2" >"$1/log" 2>&1 </dev/null &
    read -r _' sh "$directory" "$group" || true

rm -rf "$directory"
find /sys/fs/cgroup -depth -type d -path "*/$group*" -exec rmdir {} \;
