#!/usr/bin/env bash
# A real machine fills its pool: what vctop says of the place, against virsh pool-info, df and stat.
# beside others but: rig
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

pool=
undo() {
    [ -z "$pool" ] || virsh -q -c qemu:///system pool-destroy "$pool" >/dev/null 2>&1
    "$RIG" remove full >/dev/null 2>&1
    umount "$("$RIG" path)/images" 2>/dev/null
}
trap 'code=$?; undo; (exit "$code"); finish' EXIT

# Before the rig starts libvirtd, which may get a view of its own of what is mounted.
images=$("$RIG" path)/images
mkdir -p "$images"
mount -t tmpfs -o size=64m,mode=755 tmpfs "$images" || { echo "no tmpfs here: skipped"; exit 77; }
"$RIG" machine full --no-start || exit 1
"$RIG" container box || exit 1
name=$("$RIG" name full)
truncate -s 256M "$images/full.img"
pool=$name-pool
virsh -q -c qemu:///system pool-create-as "$pool" dir --target "$images" >/dev/null || exit 1
virsh -q -c qemu:///system attach-disk "$name" "$images/full.img" vda --config >/dev/null || exit 1
"$RIG" start full || exit 1

place=host/storage/name=$pool
here=host/storage/name=$images
said() { tail -n 1 "$work/vctop" | get "$@"; }

# ---- at first there is room, and it is known who stands where

sample 6 2
uuid=$(virsh -q -c qemu:///system domuuid "$name" | tr -d '[:space:]')
equal "kinds" "pool fs" "$(said "$place/kind" "$here/kind")"
equal "size, as virsh says it" \
    "$(virsh -q -c qemu:///system pool-info --bytes "$pool" | sed -n 's/^Capacity: *//p')" \
    "$(said "$place/total_bytes")"
equal "room, as df says it" "$(df -B1 --output=avail "$images" | tail -n 1)" "$(said "$place/avail_bytes")"
equal "inodes, as df says it" "$(df --output=iavail "$images" | tail -n 1)" "$(said "$here/inodes_avail")"
equal "nothing is wrong" "null null" "$(said "$place/trouble" "$place/seconds_to_full")"
on() { tail -n 1 "$work/vctop" | tr '{' '\n' | grep -F "\"name\":\"$1\"" | grep -F '"guests":[' | grep -cF "\"$2\""; }
equal "the machine stands on the pool" 1 "$(on "$pool" "libvirt:qemu:///system#$uuid")"
equal "and on the file system below" 1 "$(on "$images" "libvirt:qemu:///system#$uuid")"
box=$("$RIG" name box)
root=$(df --output=target "$("$RIG" path)/rootfs" | tail -n 1)
equal "the container stands on $root" 1 "$(on "$root" "lxc:$(lxc-config lxc.lxcpath)#$box")"

# ---- the machine writes until nothing is left

for _ in $(seq 60); do
    # Typed until it is heard: the machine may still boot.
    [ "$(($(stat -c %b "$images/full.img") * 512))" -gt 1000000 ] && break
    "$RIG" type full 'dd if=/dev/zero of=/dev/vda bs=64k oflag=direct &'
done
for _ in $(seq 60); do
    [ "$(virsh -q -c qemu:///system domstate "$name" | head -n 1)" = paused ] && break
    sleep 0.5
done
sample 5 2
equal "the machine is paused" paused "$(said "guests/name=$name/state")"
equal "the pool is full, the file system below too" "full full 0" \
    "$(said "$place/trouble" "$here/trouble" "$place/avail_bytes")"
virsh -q -c qemu:///system pool-refresh "$pool" >/dev/null
equal "as virsh says it" 0 "$(virsh -q -c qemu:///system pool-info --bytes "$pool" | sed -n 's/^Available: *//p')"

# ---- somebody makes room

mount -o remount,size=400m "$images"
sample 5 2
equal "there is room again" "null" "$(said "$place/trouble")"
equal "as much as df says" "$(df -B1 --output=avail "$images" | tail -n 1)" "$(said "$place/avail_bytes")"
equal "the machine waits for somebody" paused "$(said "guests/name=$name/state")"
virsh -q -c qemu:///system resume "$name" >/dev/null
sample 3 2
equal "it goes on" running "$(said "guests/name=$name/state")"
