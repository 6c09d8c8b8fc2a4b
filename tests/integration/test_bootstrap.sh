#!/usr/bin/env bash
# ./bootstrap on machines that are not like this one: a package manager of straw says what is there.
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
: "${SOURCE:?}"
command -v apt-get >/dev/null || { echo "written for apt: skipped"; exit 77; }

straw=$work/bin
mkdir -p "$straw"
cat >"$straw/dpkg-query" <<END
#!/bin/sh
[ -e $work/installed ] && exec /usr/bin/dpkg-query "\$@"
exit 1
END
cat >"$straw/apt-cache" <<END
#!/bin/sh
[ -e $work/lists ] || exit 0
echo "\$2:"
echo "  Candidate: 1.0"
END
cat >"$straw/apt-get" <<END
#!/bin/sh
echo "\$*" >>$work/calls
case " \$* " in
*" update "*) : >$work/lists ;;
*" -s "*) [ ! -e $work/conflict ] || echo "Remv precious [1.0]" ;;
*" install "*) [ ! -e $work/offline ] || { echo "E: Unable to fetch"; exit 100; }; : >$work/installed ;;
*) exit 9 ;;
esac
END
chmod +x "$straw"/*
run() { # ARGUMENTS of bootstrap
    rm -f "$work/calls"
    : >"$work/calls"
    PATH="$straw:$PATH" "$SOURCE/bootstrap" "$@" </dev/null >"$work/out" 2>"$work/errors"
    code=$?
}
says() { # WHAT PATTERN
    if grep -qE -- "$2" "$work/errors"; then pass "$1"; else fail "$1: $(tail -n 2 "$work/errors")"; fi
}
fresh() { rm -f "$work"/{installed,lists,conflict,offline}; }

fresh
run run --version
equal "a bare machine: exit" 0 "$code"
says "it lists what it installs" 'installing [0-9]+ packages: .*cmake'
equal "lists, a trial, the real thing" 3 "$(wc -l <"$work/calls")"
equal "without recommended packages, without removals" 1 \
    "$(grep -cE -- '--no-install-recommends.*--no-remove.* install ' "$work/calls")"

start=$EPOCHREALTIME
run run --version
equal "again: exit" 0 "$code"
equal "again: package manager calls" 0 "$(wc -l <"$work/calls")"
if awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { exit !(b - a < 2) }'; then
    pass "again: under two seconds"
else
    fail "again: took two seconds or more"
fi
equal "standard output is vctop's alone" 1 "$(wc -l <"$work/out")"

run run --sim=guests=3 -d 0.5
equal "without a terminal: exit" 0 "$code"
equal "without a terminal: one sample" 3 "$(grep -cE '^(vm|ct) ' "$work/out")"

fresh
touch "$work/lists" "$work/conflict"
run
equal "something would be removed: exit" 1 "$code"
says "it says what" 'would remove precious'
equal "nothing is installed" 0 "$(grep -c -- '--no-remove' "$work/calls")"

fresh
: >"$work/offline"
run
equal "no network: exit" 1 "$code"
says "it says why" 'could not be installed: E: Unable to fetch'

fresh
: >"$work/lists"
printf '#!/bin/sh\n' >"$straw/pveversion"
chmod +x "$straw/pveversion"
run
equal "Proxmox: exit" 1 "$code"
says "it says so" 'Proxmox'
equal "Proxmox: package manager calls" 0 "$(wc -l <"$work/calls")"
: >"$work/installed"
run run --version
equal "Proxmox with all there: exit" 0 "$code"
rm "$straw/pveversion"

fresh
: >"$work/lists"
chmod 755 "$work" && touch "$work/calls" && chmod 666 "$work/calls"
# A copy: where the sources lie nobody else may be let in.
cp "$SOURCE/bootstrap" "$work/copy"
PATH="$straw:$PATH" setpriv --reuid=65534 --regid=65534 --clear-groups bash -c "cd / && exec '$work/copy'" \
    </dev/null >"$work/out" 2>"$work/errors"
equal "not root: exit" 1 $?
says "it gives the command" 'run: sudo apt-get install .*cmake'

run nonsense
equal "a wrong command" 2 "$code"
