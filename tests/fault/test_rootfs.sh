#!/usr/bin/env bash
# Fault 69, a container's own root: a small file system that the container fills before our eyes, and
# that becomes read-only.  It stands on top of the screen with the mount, what is left, and who wrote
# most; or, where the kernel does not count what is written (a loop device, a tmpfs), who is on it.
# beside others but: rig storage
# shellcheck source=../integration/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../integration/lib.sh"

root=$("$RIG" path)/small
undo() {
    "$RIG" remove filler >/dev/null 2>&1
    umount "$root" 2>/dev/null
}
trap 'code=$?; undo; (exit "$code"); finish' EXIT

look() { # WAIT [--type WAIT KEYS]...
    local wait=$1
    shift
    "$TOOLS/shot" 40x120 "$work/screen.txt" --type "$wait" "" "$@" -- \
        --no-config --backend lxc,host -d 0.5 2>"$work/errors" || { fail "$wait"; cat "$work/errors"; exit 1; }
}
says() { # WORDS
    if grep -qE -- "$1" "$work/screen.txt"; then pass "it says '$1'"; else fail "it does not say '$1':"; cat "$work/screen.txt"; fi
}

"$RIG" container other || exit 1
mkdir -p "$root"
truncate -s 64M "$work/image"
if ! mkfs.ext4 -q -m 0 -e remount-ro -O ^has_journal "$work/image" || ! mount -o loop "$work/image" "$root"; then
    echo "no ext4 in a file can be mounted here: skipped"
    exit 77
fi
cp -a "$("$RIG" path)/rootfs/." "$root"
"$RIG" container filler "lxc.rootfs.path = dir:$root" || exit 1
filler=$("$RIG" name filler)

# ---- it fills

{
    sleep 8
    "$RIG" exec filler dd if=/dev/zero of=/fill bs=64k count=2000 oflag=direct
} >/dev/null 2>&1 &
look " run " --type "small is full" "" --type ": $filler" ""
says "small is full \\([0-9.]+[KM]? of [0-9.]+M\\): $filler (wrote [0-9.]+M in|stands on it)"
wait $!
sample 1 1 --backend lxc,host
equal "as df says" "full $(df -B1 --output=avail "$root" | tail -n 1 | tr -d ' ')" \
    "$(tail -n 1 "$work/vctop" | get "host/storage/name=$root/trouble" "host/storage/name=$root/avail_bytes")"

# ---- it becomes read-only by a fault, while the container has files open there

{
    sleep 8
    mount -o remount,abort "$root"
} &
look "small is full" --type "small is read-only" ""
says "small is read-only: $filler"
wait $!
sample 1 1 --backend lxc,host
equal "the container goes on" running "$(tail -n 1 "$work/vctop" | get "guests/name=$filler/state")"
