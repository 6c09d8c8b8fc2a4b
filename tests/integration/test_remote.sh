#!/usr/bin/env bash
# A remote libvirt by ssh: the confined sampler can start one, and what it says reaches the operator.
# The ssh is a stand-in that refuses, so neither a guest nor a daemon is needed.
# beside others but: nothing
set -u -o pipefail
export LC_ALL=C
: "${VCTOP:?}"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

printf '#!/bin/sh\necho "nobody lets you in here" >&2\nexit 255\n' >"$work/ssh"
chmod +x "$work/ssh"
said=$("$VCTOP" --no-config -b -n 1 -d 0.2 --backend libvirt -c "qemu+ssh://far/system?command=$work/ssh" 2>&1)
code=$?
case $code:$said in
*"internal error"*) echo "FAIL ssh was not started: $said"; exit 1 ;;
1:*"nobody lets you in here"*) echo "ok   ssh was started and heard: $said" ;;
*) echo "FAIL exit status $code: $said"; exit 1 ;;
esac
