#!/usr/bin/env bash
# The fault table in Markdown: each fault of tests/fault/list, the tests that make it, and how these
# ended in the last run of ctest in BUILD_DIR.
#   table.sh [BUILD_DIR]
# A test says which faults it makes: a C test by names like row_08_..., any other by "Fault 8" or
# "Faults 8, 9 and 11" in a comment.  Exit status 1 when a fault has neither a test nor a reason why, or
# a test failed.
set -u
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
log=${1:-build}/Testing/Temporary/LastTest.log

# NUMBER TEST, each once.
covered() {
    local file name
    for file in tests/*/test_*.c tests/*/test_*.sh; do
        name=${file#tests/}
        grep -oiE '\<row_[0-9]+_|\<faults? (rows? )?[0-9]+((, | and )[0-9]+)*' "$file" | grep -oE '[0-9]+' |
            sed "s|^0*\(.*\)|\1 ${name%.*}|"
    done | sort -u
}

# TEST passed|failed|skipped, or TEST part: it passed, but left out something, which it says.
ended() {
    [ -e "$log" ] || return 0
    awk '/^[0-9]+\/[0-9]+ Testing: / { test = $3; part = 0 }
        /^SKIP|: SKIPPED|^skipped|: skipped/ { part = 1 }
        /^Test Passed\./ { print test, part ? "part" : "passed" }
        /^Test Failed\./ { print test, "failed" }
        /^Test Skipped|^Test time.*Skip|Skip return code/ { print test, "skipped" }' "$log"
}

awk -v OFS=' | ' -v grades='failed not run skipped part passed' '
    FILENAME == ARGV[1] { tests[$1] = tests[$1] (tests[$1] ? " " : "") $2; next }
    FILENAME == ARGV[2] { result[$1] = $2; next }
    /^#/ { next }
    FNR < 3 { print "| # | fault | made by | last run |"; print "|---|---|---|---|" }
    {
        number = $1
        sub(/^[0-9]+ /, "")
        split($0, part, / \| /)
        text = last = ""
        count = split(tests[number], name, " ")
        for (i = 1; i <= count; i++) {
            text = text (i > 1 ? ", " : "") name[i]
            how = (name[i] in result) ? result[name[i]] : "not run"
            # The worst of them.
            if (!last || index(grades, how) < index(grades, last))
                last = how
        }
        failed += last == "failed"
        if (!count) {
            skipped++
            missing += !part[2]
            text = part[2] ? "none: " part[2] : "NONE"
        }
        print "| " number, part[1], text, (last ? last : "-") " |"
    }
    END {
        printf "\n%d faults, %d of them made by no test.\n", FNR - 1, skipped
        exit(missing > 0 || failed > 0)
    }' <(covered) <(ended) tests/fault/list
