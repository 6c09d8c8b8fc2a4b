#!/usr/bin/env bash
# System calls, instructions and bytes a refresh on the simulated host stay within tests/bench/bounds; those on real
# guests are counted in test_many.sh.
# beside others but: counts
set -u -o pipefail
export LC_ALL=C
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
# shellcheck source=../bench/counts.sh
. "$(dirname "${BASH_SOURCE[0]}")/../bench/counts.sh"

bytes_bound "bytes, 120x40, 60 simulated guests" --sim=guests=60 &
bytes=$!
batch_bound "instructions, batch mode, 200 simulated guests" --sim=guests=200,clock=fixed &
batch=$!
screen_bounds "instructions, screen 120x40, 200 simulated guests" "instructions, worker, 200 simulated guests" \
    --sim=guests=200,clock=fixed &
screen=$!
calls_bound "system calls, 1000 simulated guests" --sim=guests=1000 && wait "$bytes" && wait "$batch" &&
    wait "$screen"
