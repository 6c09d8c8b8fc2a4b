#!/bin/bash
# The first process of the machine of test_cgroup2.sh: two containers with known loads on cgroup v2,
# vctop, and what the kernel says beside it.  All of it goes out over the serial line, in parts that
# begin with "== NAME".
export PATH=/bin LC_ALL=C HOME=/ TZ=UTC
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
ln -s /proc/self/fd /dev/fd
mkdir -p /dev/pts && mount -t devpts none /dev/pts
mount -t cgroup2 none /sys/fs/cgroup
exec <>/dev/ttyS0 >&0 2>&0
stty raw -echo
dmesg -n 1 # nothing between our lines
ip link set lo up
date -s 2026-03-01 >/dev/null

end() { echo "== end"; sync; poweroff -f; }
trap end EXIT

echo '+cpu +memory +io +pids' >/sys/fs/cgroup/cgroup.subtree_control || echo "no controllers"
echo "== mounts"
awk '$3 ~ /^cgroup/ { print $3 }' /proc/mounts

# ---- two containers, on the machine's own programs

container() { # NAME LINE...; its init from standard input
    local name=$1 dir=/var/lib/lxc/$1
    shift
    mkdir -p "$dir"/rootfs/{bin,lib,lib64,usr,dev,proc,sys,tmp,etc}
    { echo '#!/bin/bash'; cat; } >"$dir/rootfs/start"
    chmod +x "$dir/rootfs/start"
    {
        printf '%s\n' "lxc.rootfs.path = dir:$dir/rootfs" 'lxc.init.cmd = /start' 'lxc.net.0.type = empty' \
            'lxc.mount.auto = proc:mixed' 'lxc.pty.max = 4' 'lxc.tty.max = 0' \
            'lxc.mount.entry = tmpfs tmp tmpfs rw 0 0' 'lxc.mount.entry = /dev dev none bind 0 0'
        for place in bin lib lib64 usr; do
            [ -d "/$place" ] && echo "lxc.mount.entry = /$place $place none bind,ro 0 0"
        done
        printf '%s\n' "$@"
    } >"$dir/config"
    timeout 30 lxc-start -d -n "$name" -o /tmp/log -l ERROR || { echo "$name does not start"; cat /tmp/log; exit; }
}

# One CPU in full, and a steady stream to the disk; who measures comes before it.
container busy 'lxc.cgroup2.cpu.weight = 5' <<'END'
export PATH=/bin
while :; do dd if=/dev/zero of=/dev/vda bs=16k oflag=direct 2>/dev/null; done &
while :; do :; done
END
# What is too much is killed, once; what stays is 8 M and a few processes too many for it.
container greedy 'lxc.cgroup2.memory.max = 32M' 'lxc.cgroup2.memory.swap.max = 0' 'lxc.cgroup2.pids.max = 12' <<'END'
export PATH=/bin
dd if=/dev/zero of=/tmp/ballast bs=1M count=8 2>/dev/null
dd if=/dev/zero of=/dev/null bs=64M count=1 2>/dev/null
busybox sh -c 'while :; do sleep 1000 & done' 2>/dev/null
exec sleep 1000
END
for _ in {1..100}; do
    grep -q '^max [1-9]' /sys/fs/cgroup/lxc.payload.greedy/pids.events && break
    sleep 0.2
done

busy=/sys/fs/cgroup/lxc.payload.busy

# ---- vctop, and beside it the counters of busy, ten times a second

usage() {
    local key number
    while read -r key number; do [ "$key" = usage_usec ] && value=$number; done <"$busy/cpu.stat"
    [ -n "$value" ]
}
written() {
    local word
    value=0
    while read -r -a words; do
        for word in "${words[@]}"; do
            case $word in wbytes=*) value=$((value + ${word#*=})) ;; esac
        done
    done <"$busy/io.stat"
}
while usage && echo "$EPOCHREALTIME $value" >&3 && written && echo "$EPOCHREALTIME $value" >&4; do
    read -r -t 0.1 <> <(:)
done 3>/tmp/record 4>/tmp/written &
recorder=$!
sleep 0.5
/vctop/vctop --no-config -b -o json -n 4 -d 2 --backend lxc,host >/tmp/vctop 2>/tmp/errors
for file in memory.current memory.max pids.current memory.stat memory.events pids.events \
    {cpu,memory,io}.pressure; do
    for name in busy greedy; do
        sed "s/^/$name $file:/" "/sys/fs/cgroup/lxc.payload.$name/$file"
    done
done >/tmp/files
sleep 0.5
kill "$recorder"
for name in files record written vctop errors; do
    echo "== $name"
    cat "/tmp/$name"
done

# ---- the clock jumps

read -r before _ </proc/uptime
/vctop/vctop --no-config -b -o json -n 16 -d 0.5 --backend lxc,host >/tmp/jumps 2>/tmp/errors &
vctop=$!
until [ -s /tmp/jumps ]; do sleep 0.1; done
sleep 1
date -s "@$(($(date +%s) + 86400))" >/dev/null
sleep 1.5
date -s "@$(($(date +%s) - 2 * 86400))" >/dev/null
wait "$vctop"
read -r after _ </proc/uptime
echo "== jumps"
cat /tmp/jumps
echo "== took"
echo $((${after%.*} - ${before%.*}))
