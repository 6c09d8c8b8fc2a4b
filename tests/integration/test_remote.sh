#!/usr/bin/env bash
# A remote libvirt by ssh: the confined sampler can start one.  The ssh is a stand-in that refuses, so neither a
# guest nor a daemon is needed; of what it says libvirt may hear nothing when it ends at once.
# beside others but: nothing
set -u -o pipefail
export LC_ALL=C
: "${VCTOP:?}"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

printf '#!/bin/sh\n: >%s/started\nexit 255\n' "$work" >"$work/ssh"
chmod +x "$work/ssh"
said=$("$VCTOP" --no-config -b -n 1 -d 0.2 --backend libvirt -c "qemu+ssh://far/system?command=$work/ssh" 2>&1)
code=$?
if [ "$code" != 1 ]; then echo "FAIL exit status $code: $said"; exit 1; fi
if [ ! -e "$work/started" ]; then echo "FAIL ssh was not started: $said"; exit 1; fi
echo "ok   ssh was started"
