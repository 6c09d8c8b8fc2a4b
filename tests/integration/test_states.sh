#!/usr/bin/env bash
# States and reasons of real guests of both kinds, names that no terminal should see raw, exit codes.
# beside others but: rig
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

"$RIG" machine on || exit 1
"$RIG" machine off --no-start || exit 1
"$RIG" machine held || exit 1
"$RIG" container on || exit 1
"$RIG" container off --no-start || exit 1
"$RIG" container frozen || exit 1
"$RIG" container broken --no-start 'lxc.no.such.key = 1' || exit 1
hostile=$("$RIG" path)/hostile
for name in $'esc\033[31mred' $'nl\nnewline' $'cr\rreturn' '-rf' $'c1\302\2332J' $'bad\377utf8' '%s%n' '漢字'; do
    "$RIG" container "$name" --path "$hostile" --no-start || exit 1
done
virsh -q -c qemu:///system suspend "$("$RIG" name held)" >/dev/null || exit 1
lxc-freeze -n "$("$RIG" name frozen)" || exit 1

state() { get "guests/name=$("$RIG" name "$1")/state" <"$work/part"; }
reason() { get "guests/name=$("$RIG" name "$1")/state_reason" <"$work/part"; }

sample 1 1 -c qemu:///system --backend libvirt
cp "$work/vctop" "$work/part"
equal "a running machine" running "$(state on)"
equal "a machine that is off" off "$(state off)"
equal "a suspended machine" paused "$(state held)"

sample 1 1 -P /var/lib/lxc -P "$hostile" --backend lxc
cp "$work/vctop" "$work/part"
equal "a running container" running "$(state on)"
equal "a container that is off" off "$(state off)"
equal "a frozen container" paused "$(state frozen)"
equal "its reason" frozen "$(reason frozen)"
equal "a bad configuration" broken "$(state broken)"
case $(reason broken) in
null | missing | '') fail "a bad configuration has no reason" ;;
*) pass "its reason: $(reason broken)" ;;
esac

# Every raw name is there, lossless, and no control byte leaves in any format.
for id in 'esc%1B%5B31mred' 'nl%0Anewline' 'cr%0Dreturn' '-rf' 'c1%C2%9B2J' 'bad%FFutf8' '%25s%25n' '%E6%BC%A2%E5%AD%97'; do
    equal "hostile id $id" off "$(get "guests/id=lxc:$hostile#$id/state" <"$work/part")"
done
for format in text csv json; do
    "$VCTOP" --no-config -b -n 1 -d 1 -o $format -P "$hostile" --backend lxc >"$work/out" 2>/dev/null
    bad=$(LC_ALL=C grep -cP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae\xa8\xa9]' "$work/out")
    equal "$format: lines with control bytes" 0 "$bad"
    if iconv -f UTF-8 -t UTF-8 "$work/out" >/dev/null 2>&1; then pass "$format is UTF-8"; else fail "$format is not UTF-8"; fi
done

# Exit codes.
run() { "$VCTOP" --no-config -b -n 1 -d 0.5 "$@" >"$work/out" 2>"$work/errors"; echo $?; }
equal "nothing matches" 3 "$(run --backend lxc -F no-such-guest-anywhere)"
equal "something matches" 0 "$(run --backend lxc -F "$("$RIG" name frozen)")"
equal "a source that is not there" 1 "$(run -c test+tcp://127.0.0.1:1/default)"
if [ -s "$work/errors" ]; then pass "it says so: $(head -n 1 "$work/errors")"; else fail "it does not say so"; fi
equal "a bad option" 2 "$(run --no-such-option)"
equal "a bad simulation" 1 "$(run --sim=guests=many)"
grep -q guests=many "$work/errors" || fail "it does not name the word"

# One sample's JSON is one object a line; CSV has one header.
equal "JSON lines" 2 "$("$VCTOP" --no-config -b -n 2 -d 0.5 -o json --backend lxc 2>/dev/null | wc -l)"
equal "CSV headers" 1 "$("$VCTOP" --no-config -b -n 2 -d 0.5 -o csv --backend lxc 2>/dev/null | grep -c '^[a-z_,]*name,')"
