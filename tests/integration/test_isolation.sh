#!/usr/bin/env bash
# What vctop says of the isolation of guests that were made to each finding and to its opposite.
# beside others but: rig
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

folder=$("$RIG" path)
mkdir "$folder/share"
ids=('lxc.idmap = u 0 300000 65536' 'lxc.idmap = g 0 300000 65536')
# Not lxc-start's own default profile: which that is depends on the host.
echo '2
denylist
reject_force_umount
kexec_load errno 1' >"$folder/seccomp"
filter="lxc.seccomp.profile = $folder/seccomp"

"$RIG" container open "lxc.mount.entry = $folder/share mnt none bind,rw 0 0" || exit 1
"$RIG" container wide 'lxc.net.0.type = none' 'lxc.namespace.keep = ipc uts' 'lxc.mount.auto = sys:rw' \
    'lxc.mount.entry = proc dev/.lxc/proc proc create=dir,optional 0 0' || exit 1
"$RIG" container shut "${ids[@]}" "$filter" 'lxc.no_new_privs = 1' \
    "lxc.mount.entry = $folder/share mnt none bind,ro 0 0" || exit 1
"$RIG" container twin 'lxc.idmap = u 0 365535 10' 'lxc.idmap = g 0 365535 10' "$filter" || exit 1
"$RIG" machine bare --no-start || exit 1
bare=$("$RIG" name bare)
# Taken from libvirt as it is, but open to all.
virsh -q -c qemu:///system dumpxml "$bare" | sed "s/listen='127.0.0.1'/listen='0.0.0.0'/; s/address='127.0.0.1'/address='0.0.0.0'/" >"$work/bare.xml"
virsh -q -c qemu:///system define "$work/bare.xml" >/dev/null && "$RIG" machine bare || exit 1
"$RIG" machine kept || exit 1

sample 2 1
last=$(tail -n 1 "$work/vctop")
jq_guest() { # GUEST PATH
    echo "$last" | get "guests/name=$("$RIG" name "$1")/isolation/$2"
}
