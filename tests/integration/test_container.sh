#!/usr/bin/env bash
# vctop's figures of a container under load, against the cgroup files and the link's own counters.
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

"$RIG" container busy || exit 1
# Version 1 of the cgroups counts a group's disk bytes only under a rule: one that limits nothing.
device=$(disk_under /var/lib)
if [ -e /sys/fs/cgroup/blkio ]; then
    "$RIG" container disk "lxc.cgroup.blkio.throttle.write_bps_device = $device 100000000000" || exit 1
else
    "$RIG" container disk || exit 1
fi
"$RIG" container from --net || exit 1
"$RIG" container to --net || exit 1
"$RIG" container mem --no-start || exit 1
if [ -e /sys/fs/cgroup/memory ]; then limit=lxc.cgroup.memory.limit_in_bytes; else limit=lxc.cgroup2.memory.max; fi
echo "$limit = 67108864" >>"/var/lib/lxc/$("$RIG" name mem)/config"
"$RIG" start mem || exit 1

name() { "$RIG" name "$1"; }
init_of() { lxc-info -n "$(name "$1")" -pH; }
guest() { echo "guests/name=$(name "$1")"; }

# ---- load
"$RIG" exec busy sh -c 'while :; do :; done' &
background+=($!)
"$RIG" exec disk sh -c 'while :; do dd if=/dev/zero of=/root/load bs=64k count=64 oflag=direct; usleep 50000; done' 2>/dev/null &
background+=($!)
"$RIG" exec to nc -ll -p 5001 -e cat >/dev/null &
background+=($!)
"$RIG" exec mem sh -c 'dd if=/dev/zero of=/tmp/ballast bs=1M count=20 2>/dev/null; sleep 600' &
background+=($!)
wait_port from "$("$RIG" address to)" 5001
# A steady trickle, so that half a tick more or less does not matter.
"$RIG" exec from sh -c "while :; do
    while dd if=/dev/zero bs=32k count=1 2>/dev/null; do usleep 10000; done | nc $("$RIG" address to) 5001 >/dev/null
    usleep 200000
done" &
background+=($!)
sleep 2

# ---- the same counters, read by somebody else
busy=$(init_of busy) disk=$(init_of disk) mem=$(init_of mem)
cpu=$(cgroup_of "$busy" cpuacct)
if [ -e "$cpu/cpuacct.usage" ]; then
    record cpu first_number "$cpu/cpuacct.usage"
    cpu_scale=1e-7
else
    record cpu keyed "$(cgroup_of "$busy" cpu)/cpu.stat" usage_usec
    cpu_scale=1e-4
fi
io=$(cgroup_of "$disk" blkio)
if [ -e "$io/blkio.throttle.io_service_bytes" ]; then
    record write blkio "$io/blkio.throttle.io_service_bytes" Write
else
    record write io_stat "$io/io.stat" wbytes
fi
veth=$(lxc-info -n "$(name to)" | sed -n 's/^Link: *//p')
# The host's end sees it the other way round.
record rx first_number "/sys/class/net/$veth/statistics/tx_bytes"
record tx first_number "/sys/class/net/$veth/statistics/rx_bytes"
# The loop is what has used most CPU of all processes there.
most=0
while read -r pid; do
    if process_ticks "$pid" && [ "$value" -ge "$most" ]; then most=$value loop=$pid; fi
done <"$(cgroup_of "$busy" pids)/cgroup.procs"
record loop process_ticks "$loop"
# Questions are what a monitor spends CPU on.
monitor=$(awk '/^PPid:/ { print $2 }' "/proc/$busy/status")
while lxc-info -n "$(name busy)" -pH >/dev/null; do sleep 0.1; done &
background+=($!)
record monitor first_number "/proc/$monitor/schedstat"
sleep 0.5

sample_parts parts-busy 6 2 "$(name busy)" --backend lxc
sample_parts parts-disk 6 2 "$(name disk)" --backend lxc
sample 6 2 --backend lxc,host
wait_parts
sleep 0.5

tail -n 1 "$work/vctop" >"$work/last"
equal "state" running "$(get "$(guest busy)/state" <"$work/last")"
compare_rate "CPU of a busy loop" cpu "$cpu_scale" "$(guest busy)/cpu_percent"
compare_rate "CPU of its monitor" monitor 1e-7 "$(guest busy)/cpu_virt_percent" 10
compare_rate "bytes written" write 1 "$(guest disk)/disk_write_bps"
compare_rate "bytes received" rx 1 "$(guest to)/net_rx_bps"
compare_rate "bytes sent" tx 1 "$(guest to)/net_tx_bps"

# Their parts.
tail -n 1 "$work/parts-busy" >"$work/last-busy"
tail -n 1 "$work/parts-disk" >"$work/last-disk"
equal "the busiest process" "$loop" "$(get guests/0/guest_processes/0/pid <"$work/last-busy")"
SAMPLES=parts-busy compare_rate "CPU of the busiest process" loop "$(awk -v hz="$(getconf CLK_TCK)" 'BEGIN { print 100 / hz }')" \
    guests/0/guest_processes/0/cpu_percent
equal "links of one that has none" 0 "$(get "guests/0/guest_links/#" <"$work/last-busy")"
equal "its user" root "$(get guests/0/guest_processes/0/user <"$work/last-busy")"
SAMPLES=parts-disk compare_rate "bytes written to a device" write 1 guests/0/guest_disks/0/write_bps
device_name=$(sed -n 's/^DEVNAME=//p' "/sys/dev/block/$device/uevent")
equal "the device" "$device_name" "$(get guests/0/guest_disks/0/name <"$work/last-disk")"
equal "its monitor" "lxc monitor" "$(get guests/0/guest_threads/0/name <"$work/last-disk")"

group=$(cgroup_of "$mem" memory)
if [ -e "$group/memory.usage_in_bytes" ]; then
    first_number "$group/memory.usage_in_bytes"; total=$value
    keyed "$group/memory.stat" total_inactive_file; inactive=$value
    group_limit=$(cat "$group/memory.limit_in_bytes")
else
    first_number "$group/memory.current"; total=$value
    keyed "$group/memory.stat" inactive_file; inactive=$value
    group_limit=$(cat "$group/memory.max")
fi
near "working set" $((total - inactive)) "$(get "$(guest mem)/mem_used_bytes" <"$work/last")" 5
equal "memory limit" "$group_limit" "$(get "$(guest mem)/mem_limit_bytes" <"$work/last")"
equal "a container without a limit" null "$(get "$(guest busy)/mem_limit_bytes" <"$work/last")"
group=$(cgroup_of "$busy" memory)
if [ -e "$group/memory.kmem.usage_in_bytes" ]; then
    first_number "$group/memory.kmem.usage_in_bytes"
else
    keyed "$group/memory.stat" kernel
fi
rss=$(awk '/^VmRSS:/ { print $2 * 1024 }' "/proc/$monitor/status")
near "memory of its monitor and of the kernel for it" $((value + rss)) "$(get "$(guest busy)/mem_overhead_bytes" <"$work/last")" 5
tasks=$(wc -l <"$(cgroup_of "$busy" pids)/cgroup.procs")
equal "processes" "$tasks" "$(get "$(guest busy)/pids" <"$work/last")"

# ---- memory eaten to the limit, while it is watched
group=$(cgroup_of "$mem" memory)
kills() {
    if [ -e "$group/memory.oom_control" ]; then
        keyed "$group/memory.oom_control" oom_kill
    else
        keyed "$group/memory.events" oom_kill
    fi
}
kills && before=$value
equal "OOM kills before" "$before" "$(get "$(guest mem)/oom_kills" <"$work/last")"
"$VCTOP" --no-config -b -n 6 -d 0.5 -o json --backend lxc >"$work/eaten" 2>"$work/errors" &
parts=($!)
sleep 1
"$RIG" exec mem tail /dev/zero >/dev/null 2>&1
wait_parts
kills && after=$value
if [ "$after" -gt "$before" ]; then pass "the kernel killed $((after - before))"; else fail "nothing was killed"; fi
tail -n 1 "$work/eaten" >"$work/last-eaten"
equal "OOM kills" "$after" "$(get "$(guest mem)/oom_kills" <"$work/last-eaten")"
case $(get "$(guest mem)/problem" <"$work/last-eaten") in
"$((after - before)) OOM kill"*", limit 64.0M") pass "its problem: $(get "$(guest mem)/problem" <"$work/last-eaten")" ;;
*) fail "its problem: $(get "$(guest mem)/problem" <"$work/last-eaten")" ;;
esac
sample 1 0.5 --backend lxc -F 'oom>0'
equal "a filter finds it and no other" "$after missing" "$(get "$(guest mem)/oom_kills" "$(guest busy)/oom_kills" <"$work/vctop")"

# The host's share of it adds up with the row: one CPU of how many there are.
host=$(get host/cpu_percent <"$work/last")
row=$(get "$(guest busy)/cpu_percent" <"$work/last")
if awk -v h="$host" -v r="$row" 'BEGIN { exit !(h >= r * 0.95) }'; then
    pass "the host ($host %) is at least as busy as its guest ($row %)"
else
    fail "the host says $host %, its guest alone $row %"
fi
