#!/usr/bin/env bash
# QEMUs that no libvirt owns: found, measured, blamed and missed, beside a machine that libvirt owns
# and that must not be there twice.
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

qemu=$(command -v qemu-system-x86_64) || { echo "no qemu-system-x86_64: skipped"; exit 77; }

"$RIG" machine owned || exit 1
owned=$("$RIG" name owned)
path=$("$RIG" path)
tap=vctq$$
tap=${tap:0:15}
truncate -s 64M "$path/disk"
mkfifo "$work/serial"
exec 7<>"$work/serial"

# A machine by hand, with a shell on its serial line.
"$qemu" -accel tcg -display none -monitor none -name 'by,,hand,debug-threads=on' -m 128 -smp 2 \
    -uuid 11111111-2222-3333-4444-555555555555 -kernel "$path/vmlinuz" -initrd "$path/initrd" \
    -append "console=ttyS0 quiet panic=1 rig.name=hand rig.address=198.18.0.2" \
    -drive "file=$path/disk,format=raw,if=virtio,cache=none" -serial stdio \
    -netdev "tap,id=n0,ifname=$tap,script=no,downscript=no" -device virtio-net-pci,netdev=n0 \
    <"$work/serial" >"$work/said" 2>&1 7>&- &
hand=$!
background+=("$hand")
# One without a name, which does nothing.
"$qemu" -accel tcg -display none -monitor none -serial none -S -m 64 </dev/null >/dev/null 2>&1 7>&- &
bare=$!
background+=("$bare")

type_line() { printf '%s\n' "$*" >&7; }
for _ in $(seq 120); do
    # shellcheck disable=SC2016  # for the guest
    type_line 'echo up$((40 + 2))'
    grep -q '^up42' "$work/said" && break
    sleep 0.5
done
grep -q '^up42' "$work/said" || { echo "FAIL the machine does not boot: $(tail -n 3 "$work/said")"; exit 1; }
ip link set "$tap" up
type_line 'arp -s 198.18.0.1 02:00:00:00:00:01'
type_line 'while :; do ping -q -i 0.02 -c 500 -s 1000 -W 1 198.18.0.1 >/dev/null 2>&1; done &'
type_line 'while :; do :; done &'
type_line 'while :; do dd if=/dev/zero of=/dev/vda bs=64k count=4 oflag=direct 2>/dev/null; usleep 20000; done &'
sleep 2

written() { keyed "/proc/$1/io" write_bytes:; }
record ticks process_ticks "$hand"
record write written "$hand"
record tx first_number "/sys/class/net/$tap/statistics/rx_bytes"
sleep 1
sample 5 2
sleep 1
tail -n 1 "$work/vctop" >"$work/last"
row=guests/name=by,hand
equal "state" running "$(get "$row/state" <"$work/last")"
equal "id" "proc#11111111-2222-3333-4444-555555555555" "$(get "$row/id" <"$work/last")"
hz=$(getconf CLK_TCK)
compare_rate "CPU, as /proc counts it" ticks "$(awk -v hz="$hz" 'BEGIN { print 100 / hz }')" "$row/cpu_percent"
compare_rate "bytes written" write 1 "$row/disk_write_bps"
compare_rate "bytes sent" tx 1 "$row/net_tx_bps"
rss=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$hand/status")
near "host memory" $((rss * 1024)) "$(get "$row/mem_host_bytes" <"$work/last")" 5
equal "memory" $((128 * 1024 * 1024)) "$(get "$row/mem_limit_bytes" <"$work/last")"
equal "virtual CPUs" 2 "$(get "$row/vcpus" <"$work/last")"
equal "type" qemu "$(get "$row/type" <"$work/last")"
near "uptime" "$(ps -o etimes= -p "$hand" | tr -d ' ')" "$(get "$row/uptime_s" <"$work/last")" 20
equal "without a name" proc "$(get "guests/name=qemu $bare/source" <"$work/last")"

# ---- what libvirt owns is there once, in every sample
count() { # NAME FILE: guests of that name in each line
    while read -r line; do
        printf '%s\n' "$line" | grep -o "\"name\":\"$1\"" | wc -l
    done <"$2" | sort -u | tr '\n' ' '
}
equal "rows of libvirt's machine in each sample" "1 " "$(count "$owned" "$work/vctop")"
equal "its source" libvirt:qemu:///system "$(get "guests/name=$owned/source" <"$work/last")"
sample 1 0.5 --backend proc
tail -n 1 "$work/vctop" >"$work/last"
equal "seen by proc alone, its manager" libvirt "$(get "guests/name=$owned/manager" <"$work/last")"
if [ "$(get "guests/name=$owned/cpu_percent" <"$work/last")" != null ]; then
    pass "and it is measured then"
else
    fail "proc alone does not measure it"
fi

# ---- stopped, gone
kill -STOP "$hand"
sample 2 0.5 --backend proc
kill -CONT "$hand"
tail -n 1 "$work/vctop" >"$work/last"
equal "under SIGSTOP" "QEMU stopped" "$(get "$row/stale" <"$work/last")"
(
    sleep 2.5
    kill "$bare"
) &
sample 4 1.5 --backend proc
equal "in the first sample" running "$(head -n 1 "$work/vctop" | get "guests/name=qemu $bare/state")"
equal "in the last, after its end" missing "$(tail -n 1 "$work/vctop" | get "guests/name=qemu $bare/state")"
