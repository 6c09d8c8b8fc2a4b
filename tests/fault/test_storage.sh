#!/usr/bin/env bash
# Fault 69, storage of the host: file systems that fill, run out of inodes, become read-only, or do
# not answer; what is said of them against df.  No guests.
# beside others but: storage
set -u -o pipefail
export LC_ALL=C PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
: "${VCTOP:?}" "${TOOLS:?}"
[ "$(id -u)" = 0 ] || { echo "needs root: skipped"; exit 77; }

work=$(mktemp -d) || exit 1
failures=0
dead=
pass() { echo "ok   $*"; }
fail() { failures=$((failures + 1)); echo "FAIL $*"; }
equal() { if [ "$2" = "$3" ]; then pass "$1: $3"; else fail "$1: expected '$2', got '$3'"; fi; }

finish() {
    if [ -n "$dead" ]; then
        kill -CONT "$dead" 2>/dev/null
        kill "$dead" 2>/dev/null
        wait "$dead" 2>/dev/null
    fi
    umount "$work"/* 2>/dev/null
    rm -rf "$work"
    exit $((failures > 0))
}
trap finish EXIT
trap 'exit 130' INT TERM

# Samples in $work.said, the figures of NAME in its last one.
sample() { # N SECONDS
    "$VCTOP" --no-config -b -n "$1" -d "$2" -o json --backend host >"$work/said" 2>"$work/errors" ||
        fail "vctop exits with $?: $(cat "$work/errors")"
}
of() { # MOUNT-POINT KEY...
    local name=$1
    shift
    tail -n 1 "$work/said" | "$TOOLS/jsonget" "${@/#/host/storage/name=$name/}"
}

# ---- an ext4 in a file: df says the same, and what is wrong is named

mkdir "$work/ext4" "$work/dead"
truncate -s 64M "$work/image"
if mkfs.ext4 -q -N 64 -O ^has_journal "$work/image" 2>"$work/errors" &&
    mount -o loop "$work/image" "$work/ext4" 2>>"$work/errors"; then
    sample 1 1
    read -r total avail < <(df -B1 --output=size,avail "$work/ext4" | tail -n 1)
    read -r inodes ifree < <(df --output=itotal,iavail "$work/ext4" | tail -n 1)
    equal "as df and df -i say" "$total $avail $inodes $ifree" \
        "$(of "$work/ext4" total_bytes avail_bytes inodes_total inodes_avail)"
    equal "nothing is wrong" "null false" "$(of "$work/ext4" trouble read_only)"

    # It fills before our eyes: by a straight line, and then it is full.
    for _ in $(seq 24); do
        head -c 1M /dev/zero >>"$work/ext4/fill"
        sleep 1
    done &
    filling=$!
    sample 22 1
    kill "$filling" 2>/dev/null
    wait "$filling" 2>/dev/null
    left=$(of "$work/ext4" seconds_to_full)
    if awk -v l="$left" 'BEGIN { exit !(l > 10 && l < 90) }'; then
        pass "1 M a second into 64 M: full in $left s"
    else
        fail "1 M a second into 64 M: full in $left s"
    fi
    head -c 100M /dev/zero >>"$work/ext4/fill" 2>/dev/null
    sample 1 1
    equal "it is full" "full 0" "$(of "$work/ext4" trouble avail_bytes)"

    rm "$work/ext4/fill"
    for i in $(seq 200); do : >"$work/ext4/$i" || break; done 2>/dev/null
    sample 1 1
    equal "no inode is left" "out of inodes 0" "$(of "$work/ext4" trouble) $(of "$work/ext4" inodes_avail)"

    # It is writable when vctop looks first, and then not any more.
    rm "$work/ext4"/[0-9]*
    { sleep 3; mount -o remount,ro "$work/ext4"; } &
    sample 16 1
    equal "it became read-only" "read-only true" "$(of "$work/ext4" trouble read_only)"
    sample 1 1
    equal "it was meant so, for all that can be seen" "null true" "$(of "$work/ext4" trouble read_only)"
else
    echo "no ext4 in a file can be mounted here: $(tail -n 1 "$work/errors")"
fi

# ---- a mount that nobody answers for

# A leak detector stops all threads to look: one that waits for this mount cannot be stopped.
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0

coproc "$TOOLS/deadmount" "$work/dead" 2>"$work/errors"
dead=$COPROC_PID
if read -r _ <&"${COPROC[0]}"; then
    sample 1 1
    equal "it answers" "null 104857600 52428800" \
        "$(of "$work/dead" trouble total_bytes avail_bytes)"
    { sleep 2; kill -STOP "$dead"; } &
    sample 16 1
    equal "it does not answer" "not answering" "$(of "$work/dead" trouble)"
    # Nobody waited for it: a sample each second, with fresh figures of the root.
    slow=$(awk 'END { print NR }' "$work/said")
    equal "samples" 16 "$slow"
    worst=$("$TOOLS/jsonget" interval_s <"$work/said" | sort -n | tail -n 1)
    if awk -v w="$worst" 'BEGIN { exit !(w < 3) }'; then
        pass "the longest time between two of them: $worst s"
    else
        fail "the longest time between two of them: $worst s"
    fi
    age=$(of / age_s)
    if [ "$age" = missing ] || awk -v a="$age" 'BEGIN { exit !(a < 12) }'; then
        pass "the root's figures are $age s old"
    else
        fail "the root's figures are $age s old"
    fi
    { sleep 4; kill -CONT "$dead"; } &
    sample 20 1
    equal "it answers again" "null" "$(of "$work/dead" trouble)"
    wait $!
else
    echo "no FUSE here: $(cat "$work/errors")"
    wait "$dead" 2>/dev/null
    dead=
fi
