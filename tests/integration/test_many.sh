#!/usr/bin/env bash
# Two hundred containers and a handful of machines at once: all there, all right, all fresh.  Fault 40,
# those that run.
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

"$RIG" up 4 200 >"$work/up" 2>&1 || { tail -n 3 "$work/up"; exit 1; }
"$RIG" exec c42 sh -c 'while :; do :; done' &
background+=($!)
sleep 1

sample 3 2
tail -n 1 "$work/vctop" >"$work/last"
wrong=0
for i in $(seq 200); do
    [ "$(get "guests/name=$("$RIG" name "c$i")/state" <"$work/last")" = running ] || wrong=$((wrong + 1))
done
equal "containers that are not running" 0 "$wrong"
for i in 1 2 3 4; do
    equal "machine $i" running "$(get "guests/name=$("$RIG" name "m$i")/state" <"$work/last")"
done
stale=$(get "guests/name=$("$RIG" name c200)/stale" <"$work/last")
equal "the last one's figures are fresh" null "$stale"

top=$("$VCTOP" --no-config -b -n 1 -d 2 -s cpu -o csv --backend lxc 2>/dev/null |
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "name") c = i } NR == 2 { print $c }')
equal "the busy one climbs to the top" "$("$RIG" name c42)" "$top"

# Stopped and started under its eyes.
lxc-stop -k -n "$("$RIG" name c7)"
sample 1 1 --backend lxc
equal "stopped" off "$(get "guests/name=$("$RIG" name c7)/state" <"$work/vctop")"
"$RIG" start c7
sample 1 1 --backend lxc
equal "started again" running "$(get "guests/name=$("$RIG" name c7)/state" <"$work/vctop")"
