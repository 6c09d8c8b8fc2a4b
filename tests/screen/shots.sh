#!/usr/bin/env bash
# Takes the README's pictures from the built program on the simulated host, which looks the same everywhere:
# tests/screen/shots.sh   (after ./bootstrap test, which builds what it needs)
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
shot=build/tests/shot
out=tests/screen/shots
export VCTOP=build/vctop

[ -x "$shot" ] || { echo "shots: first run ./bootstrap test, which builds $shot" >&2; exit 1; }
mkdir -p "$out"

sick=guests=220,machines=20,calm,nospace=backup@2,hang=db01@20,oom=nginx1@25,restarted=60
take() { # NAME SIZE [SHOT OPTIONS] -- VCTOP OPTIONS
    local name=$1 size=$2
    shift 2
    "$shot" "$size" "$out/$name.svg" "$@" || { echo "shots: $name could not be taken" >&2; exit 1; }
}

take guests-120x40 40x120 --after 60 --type "OOM" "jjjjjj" -- --no-config -d 0.2 "--sim=$sick" &
take guests-80x24 24x80 --after 40 --type "OOM" "" -- --no-config -d 0.2 "--sim=$sick" &
take calm-light 30x110 --light --after 60 --type "mail" "j" -- --no-config -d 0.2 --theme light \
    --sim=guests=60,machines=12,calm &
take force-off-80x24 24x80 --after 5 --type "mail" "/mail-gw\\r" --type "1 of" "m" --type "force off" "f" -- \
    --no-config -d 0.2 --sim=guests=60,machines=12,calm &
take console-110x34 34x110 --after 30 --type "mail" "/mail-gw\\r" --type "1 of" "c" --type "try help" "colors\\r" \
    --type "under" "" -- --no-config -d 0.2 --sim=guests=60,machines=12,calm &
failed=0
for job in $(jobs -p); do wait "$job" || failed=1; done
exit $failed
