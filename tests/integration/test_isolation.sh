#!/usr/bin/env bash
# What vctop says of the isolation of guests that were made to each finding and to its opposite.
# beside others but: rig
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

folder=$("$RIG" path)
mkdir "$folder/share"
printf '2\ndenylist\nreject_force_umount\nkexec_load errno 1\n' >"$folder/seccomp"
filter="lxc.seccomp.profile = $folder/seccomp"

"$RIG" container open "lxc.mount.entry = $folder/share mnt none bind,rw 0 0" || exit 1
# Not the name: a container without a UTS namespace of its own would name the host.
"$RIG" container wide 'lxc.net.0.type = none' 'lxc.namespace.clone = mnt pid uts cgroup' 'lxc.mount.auto = sys:rw' \
    'lxc.mount.entry = proc dev/.lxc/proc proc create=dir,optional 0 0' || exit 1
"$RIG" container shut 'lxc.idmap = u 0 300000 65536' 'lxc.idmap = g 0 300000 65536' "$filter" \
    'lxc.no_new_privs = 1' 'lxc.cgroup.devices.deny = a' 'lxc.cgroup.devices.allow = c 1:3 rwm' \
    "lxc.mount.entry = $folder/share mnt none bind,ro 0 0" || exit 1
"$RIG" container twin 'lxc.idmap = u 0 365535 10' 'lxc.idmap = g 0 365535 10' "$filter" || exit 1
"$RIG" machine kept || exit 1
"$RIG" machine bare --no-start || exit 1
bare=$("$RIG" name bare)
virsh -q -c qemu:///system dumpxml "$bare" | sed "s/='127.0.0.1'/='0.0.0.0'/" >"$work/bare.xml"
virsh -q -c qemu:///system define "$work/bare.xml" >/dev/null && "$RIG" machine bare || exit 1

sample 2 1 -s name
tail -n 1 "$work/vctop" >"$work/last"

of() { get "guests/name=$("$RIG" name "$1")/isolation/$2" <"$work/last"; } # GUEST PATH
# What is found of GUEST, with its weight; the others of the second list are not.
found() { # GUEST "KEY=WEIGHT ..." "KEY ..."
    local word
    for word in $2; do equal "$1: ${word%=*}" "${word#*=}" "$(of "$1" "reasons/key=${word%=*}/weight")"; done
    for word in $3; do equal "$1: no $word" missing "$(of "$1" "reasons/key=$word/weight")"; done
}

equal "open" weak "$(of open verdict)"
found open 'privileged=100 host_writable=64 no_seccomp=58 caps_wide=38' \
    'shared_net shared_ipc shared_pid shared_mnt nesting system_writable id_overlap'
equal "open: uid" 0 "$(of open uid)"
equal "open: no_new_privs" false "$(of open no_new_privs)"

equal "wide" weak "$(of wide verdict)"
found wide 'privileged=100 net_admin=92 system_writable=84 shared_net=54 shared_ipc=42 nesting=32' \
    'host_writable shared_pid'

found shut 'id_overlap=34' 'privileged host_writable no_seccomp devices_all shared_net nesting caps_wide'
equal "shut: uid" 300000 "$(of shut uid)"
equal "shut: seccomp" filter "$(of shut seccomp)"
equal "shut: no_new_privs" true "$(of shut no_new_privs)"
equal "shut: what it overlaps with" "shares its user ids with $("$RIG" name twin)" \
    "$(of shut reasons/key=id_overlap/text)"
found twin 'id_overlap=34' privileged

# Whether the host labels processes at all decides whether there can be a profile.
driver=none
[ -d /sys/kernel/security/apparmor ] || [ -d /sys/fs/selinux/class ] && driver=
[ -z "$driver" ] || equal "the host's security driver" none "$(of shut security_driver)"
[ -z "$driver" ] || equal "shut" fair "$(of shut verdict)"

qemu=$(cat "/run/libvirt/qemu/$("$RIG" name kept).pid")
equal "kept: uid" "$(awk '/^Uid:/ { print $3 }' "/proc/$qemu/status")" "$(of kept uid)"
equal "kept: seccomp" "$(awk '/^Seccomp:/ { print $2 == 2 ? "filter" : "off" }' "/proc/$qemu/status")" \
    "$(of kept seccomp)"
# The rig's machines are emulated.
found kept 'emulated=60' 'graphics_open qemu_root qemu_caps'
found bare 'graphics_open=82 emulated=60' qemu_root
equal "bare" weak "$(of bare verdict)"
case $(of bare reasons/key=graphics_open/text) in
"vnc 0.0.0.0:"*" is open without a password") pass "bare: graphics" ;;
*) fail "bare: graphics: $(of bare reasons/key=graphics_open/text)" ;;
esac

# CSV has the word.
"$VCTOP" --no-config -b -n 1 -d 0.5 -o csv >"$work/csv" 2>/dev/null
equal "CSV's last column" isolation "$(head -n 1 "$work/csv" | tr -d '\r' | awk -F, '{ print $NF }')"
equal "bare in CSV" weak "$(grep ",$bare," "$work/csv" | awk -F, '{ print $NF }')"

# ---- pinned to other CPUs, while nobody looks at it

all=$(of kept cpus)
first=${all%%[!0-9]*}
if [ "$all" = "$first" ]; then
    echo "SKIP one CPU is nothing to be pinned to"
else
    "$VCTOP" --no-config -b -d 0.5 -o json >"$work/pinned" 2>/dev/null &
    background+=($!)
    cpus_of() { tail -n 2 "$work/pinned" | head -n 1 | get "guests/name=$("$RIG" name "$1")/isolation/cpus"; }
    comes_to() { # GUEST CPUS: within the 10 s that are promised, and a busy host's share
        for _ in $(seq 200); do
            [ "$(cpus_of "$1")" = "$2" ] && break
            sleep 0.1
        done
        equal "$1: CPUs" "$2" "$(cpus_of "$1")"
    }
    comes_to kept "$all"
    comes_to open "$all"
    virsh -q -c qemu:///system vcpupin "$("$RIG" name kept)" 0 "$first" --live >/dev/null
    virsh -q -c qemu:///system emulatorpin "$("$RIG" name kept)" "$first" --live >/dev/null
    lxc-cgroup --name="$("$RIG" name open)" cpuset.cpus "$first"
    comes_to kept "$first"
    comes_to open "$first"
fi
