#!/usr/bin/env bash
# Pure cgroup v2, in a machine that boots Debian's kernel with that hierarchy alone and runs LXC and
# vctop inside: its figures against the kernel's own of the same moment.  Fault 33, and fault 60: the
# clock jumps while it samples.  What happens inside is in cgroup2_inside.sh.
# beside others but: cgroup2
export VCTOP_RIG=cgroup2
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

for tool in qemu-system-x86_64 cpio gzip ldd lxc-start busybox; do
    command -v "$tool" >/dev/null || { echo "no $tool: skipped"; exit 77; }
done
module=$(dirname "$VCTOP")/backend-lxc.so
[ -e "$module" ] || { echo "built without LXC: skipped"; exit 77; }
kernel=$("$RIG" kernel) || { echo "no kernel: skipped"; exit 77; }

# ---- what the machine is made of: busybox, a shell, LXC, vctop, and the libraries of all of them

root=$work/root
mkdir -p "$root"/{bin,dev,proc,sys,tmp,run,etc,new,modules,vctop,var/lib/lxc,var/cache/lxc}
cp "$(command -v busybox)" "$root/bin/busybox"
for applet in $(busybox --list); do ln -s busybox "$root/bin/$applet"; done
cp "$kernel"/modules/*.ko "$root/modules/"
cp "$VCTOP" "$module" "$root/vctop/"
rm "$root/bin/sh"
programs=("$VCTOP" "$module" "$(command -v bash)")
for tool in lxc-start lxc-stop; do programs+=("$(command -v $tool)"); done
cp "${programs[@]:2}" "$root/bin/" && ln -s bash "$root/bin/sh"
ldd "${programs[@]}" | sed -n 's/.*[[:space:]]\(\/[^ ]*\) (0x.*/\1/p' | sort -u | while read -r library; do
    mkdir -p "$root$(dirname "$library")" && cp -L "$library" "$root$library"
done
mounted=$(lxc-config lxc.rootfs.mount 2>/dev/null || echo /usr/lib/x86_64-linux-gnu/lxc)
mkdir -p "$root/usr/lib/x86_64-linux-gnu/lxc/rootfs" "$root$mounted"
cp "$(dirname "${BASH_SOURCE[0]}")/cgroup2_inside.sh" "$root/inside"
echo 'root:x:0:0:root:/:/bin/sh' >"$root/etc/passwd"
# The first root cannot be pivoted, which LXC wants: a second one, in memory like the first.
cat >"$root/init" <<'END'
#!/bin/busybox sh
export PATH=/bin
for pass in 1 2 3; do for m in /modules/*.ko; do insmod "$m" 2>/dev/null; done; done
mount -t tmpfs -o size=200m none /new
for name in /*; do [ "$name" = /new ] || cp -a "$name" /new/; done
exec switch_root /new /inside
END
chmod +x "$root/init" "$root/inside"
(cd "$root" && find . | cpio -o -H newc --quiet -R 0:0 | gzip -1) >"$work/initrd" || exit 1
truncate -s 64M "$work/disk"

# ---- it runs, and ends by itself

timeout -k 5 200 qemu-system-x86_64 -accel tcg -display none -monitor none -no-reboot -m 384 -smp 2 \
    -kernel "$kernel/vmlinuz" -initrd "$work/initrd" \
    -append 'console=ttyS0 quiet panic=-1 psi=1 apparmor=0' \
    -drive "file=$work/disk,format=raw,if=virtio,cache=unsafe" -nic none -serial stdio \
    </dev/null 2>"$work/errors" | tr -d '\r' >"$work/serial"
if ! grep -q '^== end' "$work/serial"; then
    fail "the machine did not get to the end"
    tail -n 20 "$work/serial" "$work/errors"
    exit 1
fi

# The lines between "== NAME" and the next mark.
part() { sed -n "/^== $1\$/,/^== /{/^== /!p}" "$work/serial"; }
part record >"$work/cpu"
part written >"$work/write"
part vctop >"$work/vctop"
tail -n 1 "$work/vctop" >"$work/last"
last() { get "guests/name=$1/$2" <"$work/last"; }
# KEY of FILE of a container, as it was just after.
file() { sed -n "s/^$1 $2:$3 *//p" "$work/serial" | tail -n 1; }

equal "the hierarchies" "cgroup2" "$(part mounts)"
equal "both run" "running running" "$(last busy state) $(last greedy state)"
compare_rate "CPU of a busy loop" cpu 1e-4 "guests/name=busy/cpu_percent" 10
compare_rate "bytes written" write 1 "guests/name=busy/disk_write_bps" 10

# ---- gauges, against the files

near "working set" $(($(file greedy memory.current '') - $(file greedy memory.stat inactive_file))) \
    "$(last greedy mem_used_bytes)" 10
equal "memory limit" "$(file greedy memory.max '')" "$(last greedy mem_limit_bytes)"
equal "a container without one" "max null" "$(file busy memory.max '') $(last busy mem_limit_bytes)"
equal "processes" "$(file greedy pids.current '')" "$(last greedy pids)"
kills=$(file greedy memory.events oom_kill)
if [ "${kills:-0}" -gt 0 ]; then pass "the kernel killed $kills"; else fail "nothing was killed"; fi
equal "OOM kills" "$kills" "$(last greedy oom_kills)"
equal "OOM kills of the other" "0" "$(last busy oom_kills)"
hits=$(file greedy pids.events max)
if [ "${hits:-0}" -gt 0 ]; then pass "the limit of processes was hit $hits times"; else fail "no limit was hit"; fi
for what in cpu memory io; do
    short=${what/memory/mem}
    said=$(last busy "psi_$short")
    real=$(sed -n "s/^busy $what.pressure:some avg10=\([0-9.]*\) .*/\1/p" "$work/serial" | tail -n 1)
    if awk -v s="$said" -v r="$real" 'BEGIN { exit !(s ~ /^[0-9.]+$/ && s - r < 20 && r - s < 20) }'; then
        pass "pressure of $what: $said for $real"
    else
        fail "pressure of $what: $said for $real"
    fi
done

# ---- the clock jumps by a day, there and back

part jumps >"$work/jumps"
equal "samples while the clock jumps" 16 "$(grep -c . "$work/jumps")"
days=$(get time <"$work/jumps" | cut -c1-10 | uniq | grep -c .)
equal "days that they saw" 3 "$days"
spikes=0
while read -r interval cpu age; do
    awk -v i="$interval" -v c="$cpu" -v a="$age" \
        'BEGIN { exit !(i > 0.2 && i < 20 && c > 5 && c < 250 && a >= 0 && a < 10) }' ||
        { spikes=$((spikes + 1)); echo "     interval $interval, CPU $cpu, age $age"; }
done < <(get interval_s guests/name=busy/cpu_percent guests/name=busy/age_s <"$work/jumps")
equal "samples with a spike, a hole or a wrong age" 0 "$spikes"
took=$(part took)
if [ "$took" -le 30 ]; then pass "no rush and no wait: $took s"; else fail "it took $took s"; fi
