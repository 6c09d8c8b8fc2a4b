#!/usr/bin/env bash
# Faults 2, 8, 23 and 69 on real guests: a machine paused on a full pool, a stopped QEMU, a
# container that ran out of memory, and a libvirtd that was restarted.  Who looks then, and not before,
# reads all four with their causes on the first screen; and they are told to be over when they are.
# beside others but: rig storage
# shellcheck source=../integration/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../integration/lib.sh"

images=$("$RIG" path)/images
pool=
undo() {
    [ -z "$pool" ] || virsh -q -c qemu:///system pool-destroy "$pool" >/dev/null 2>&1
    "$RIG" remove full >/dev/null 2>&1
    umount "$images" 2>/dev/null
}
trap 'code=$?; undo; (exit "$code"); finish' EXIT

# What stands on a first screen of ROWSxCOLUMNS, when WAIT is on it and after more --type steps.
look() { # ROWSxCOLUMNS WAIT [--type WAIT KEYS]...
    local size=$1 wait=$2
    shift 2
    : >"$work/screen.txt"
    "$TOOLS/shot" "$size" "$work/screen.txt" --type "$wait" "" "$@" -- \
        --no-config --backend libvirt,lxc,host -d 0.5 2>"$work/errors" || { fail "$wait"; cat "$work/errors"; }
}
says() { # WORDS...
    local words
    for words in "$@"; do
        if grep -qF -- "$words" "$work/screen.txt"; then
            pass "it says '$words'"
        else
            fail "it does not say '$words':"
            cat "$work/screen.txt"
        fi
    done
}
line_of() { grep -nF -- "$1" "$work/screen.txt" | head -n 1 | cut -d: -f1; }

# ---- four things go wrong

# Before the rig starts libvirtd, which may get a view of its own of what is mounted.
mkdir -p "$images"
mount -t tmpfs -o size=4m,mode=755 tmpfs "$images" || { echo "no tmpfs here: skipped"; exit 77; }
limit=lxc.cgroup2.memory.max
[ ! -e /sys/fs/cgroup/memory/memory.limit_in_bytes ] || limit=lxc.cgroup.memory.limit_in_bytes
"$RIG" container greedy "$limit = 24M" || exit 1
"$RIG" machine full --no-start || exit 1
full=$("$RIG" name full) victim=$("$RIG" name victim) greedy=$("$RIG" name greedy)
truncate -s 64M "$images/full.img"
pool=$full-pool
virsh -q -c qemu:///system pool-create-as "$pool" dir --target "$images" >/dev/null || exit 1
virsh -q -c qemu:///system attach-disk "$full" "$images/full.img" vda --config >/dev/null || exit 1
"$RIG" machine victim || exit 1
"$RIG" start full || exit 1

"$RIG" exec greedy dd if=/dev/zero of=/dev/null bs=64M count=1 2>/dev/null && fail "nothing was killed"
for _ in $(seq 60); do
    # Typed until it is heard: the machine may still boot.
    [ "$(($(stat -c %b "$images/full.img") * 512))" -gt 100000 ] && break
    "$RIG" type full 'dd if=/dev/zero of=/dev/vda bs=64k oflag=direct &'
done
for _ in $(seq 60); do
    [ "$(virsh -q -c qemu:///system domstate "$full" | head -n 1)" = paused ] && break
    sleep 0.5
done
"$RIG" daemon kill
restarted=$?
[ "$restarted" != 0 ] || "$RIG" daemon start || exit 1
qemu=$(cat "/run/libvirt/qemu/$victim.pid")
kill -STOP "$qemu"

# ---- who looks now

equal "virsh knows the disk" "vda: no space" "$(virsh -q -c qemu:///system domblkerror "$full")"
look 24x80 "1 paused 1 hung 1 OOM" --type "$pool: 0 of" "" --type "QEMU stopped by" "" --type "FULL " ""
says "!V $full " "NO SPACE" "no space left on vda (" ": 0 of 4.0M)" \
    "!V $victim " "QEMU stop" "QEMU stopped by a signal or a debugger" \
    "!C $greedy " "1 OOM kill at 24.0M" "! 1 paused 1 hung 1 OOM" "FULL " "images 0"
[ "$restarted" != 0 ] || says "libvirtd restarted "
equal "on top, the worst first" "4 5 6" "$(line_of "!V $full ") $(line_of "!V $victim ") $(line_of "!C $greedy ")"

look 40x120 "1 paused 1 hung 1 OOM" --type "$pool: 0 of" "" --type "QEMU stopped by" "" --type "is full" ""
says "no space left on vda ($pool: 0 of 4.0M)" "QEMU stopped by a signal or a debugger" \
    "1 OOM kill at 24.0M before vctop looked" "! 1 paused 1 hung 1 OOM"
[ "$restarted" != 0 ] || says "libvirtd restarted "

# ---- they are walked, and one is known by now

look 24x80 "1 OOM" --type "$full: no space left" "!" --type "$victim: QEMU stopped" "!" \
    --type "$greedy: 1 OOM kill at 24.0M before vctop looked" e --type "acknowledged: $greedy" "" \
    --type "! 1 paused 1 hung " ""
says "1 paused 1 hung"

# ---- what is over is told

kill -CONT "$qemu"
mount -o remount,size=100m "$images"
look 24x80 "1 paused 1 OOM" --type "$full: space is back: resume? ($pool: " m \
    --type "Enter or a letter" p --type "Resume: $full?" $'\t\r' --type "vm 2/2" ""
says "vm 2/2" "1 OOM"
equal "it runs" running "$(virsh -q -c qemu:///system domstate "$full" | head -n 1)"

# ---- a connection for reading only: told once, then every action is grey

socket=/run/libvirt/libvirt-sock-ro
if [ -S "$socket" ]; then
    "$TOOLS/shot" 24x80 "$work/screen.txt" --type "$full " "/$full"$'\r' --type "1 of" m --type "force off" p \
        --type "Pause: $full?" $'\t\r' --type "could not pause" m --type "denied: " "" -- \
        --no-config --backend libvirt -c "qemu:///system?socket=$socket" -d 0.5 || fail "reading only"
    equal "actions that are grey for it" 7 "$(grep -cF "denied: the URI given with -c is for reading only" "$work/screen.txt")"
    equal "it still runs" running "$(virsh -q -c qemu:///system domstate "$full" | head -n 1)"
else
    echo "no libvirtd that listens for readers only: skipped"
fi
