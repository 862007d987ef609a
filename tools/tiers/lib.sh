# shellcheck shell=bash
# Shared by the tiers. A tier is an executable that ./test runs with AKKO_REPORTS set to an empty directory: it leaves
# JUnit XML there and fails when a test failed. Exit code 77: cannot run on this machine (a failure when CI=true).

. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
cd "$AKKO_REPO" || exit
AKKO_REPORTS=${AKKO_REPORTS:-$AKKO_BUILD/reports/$(basename "$0")}
mkdir -p "$AKKO_REPORTS"

# check NAME COMMAND...: a test that is a command; prints its output when it fails, and writes the JUnit report.
CHECKS_FAILED=0
check() {
    local name=$1 began output verdict=ok
    shift
    began=$(date +%s%N)
    output=$("$@" 2>&1) || verdict=FAILED
    say "    $name: $verdict"
    {
        printf '<testsuite name="%s"><testcase classname="%s" name="%s" time="%s">' "$(basename "$0")" "$(basename "$0")" "$name" \
            "$(awk -v began="$began" -v now="$(date +%s%N)" 'BEGIN { printf "%.3f", (now - began) / 1e9 }')"
        if [ $verdict = FAILED ]; then
            CHECKS_FAILED=1
            printf '%s\n' "$output" | tail -n 100 >&2
            printf '<failure>%s</failure>' "$(printf '%s' "$output" | tail -c 20000 | xml_text)"
        fi
        printf '</testcase></testsuite>\n'
    } >"$AKKO_REPORTS/${name//[^A-Za-z0-9_-]/_}.xml"
}

end_checks() { exit $CHECKS_FAILED; }

xml_text() { LC_ALL=C tr -cd '\11\12\15\40-\176' | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g'; }

# google_tests PRESET "FOLDER..." [ARGUMENT...]: the unit tests of these folders of src, each binary in as many shards as there
# are processors. What a shard says is shown when it failed.
google_tests() {
    local preset=$1 folders=$2 folder shards shard pid failed=0
    shift 2
    shards=$(nproc)
    for folder in $folders; do
        local pids=()
        for ((shard = 0; shard < shards; shard++)); do
            GTEST_TOTAL_SHARDS=$shards GTEST_SHARD_INDEX=$shard timeout 900 "build/$preset/tests/unit_$folder" \
                --gtest_output="xml:$AKKO_REPORTS/$folder-$shard.xml" "$@" >"$AKKO_REPORTS/$folder-$shard.log" 2>&1 &
            pids+=($!)
        done
        for ((shard = 0; shard < shards; shard++)); do
            pid=${pids[shard]}
            wait "$pid" && continue
            failed=1
            say "    $folder, shard $shard of $shards, failed:"
            grep -v -E '^\[( RUN|       OK|-------)' "$AKKO_REPORTS/$folder-$shard.log" | tail -n 100 >&2
        done
        say "    $folder: done"
    done
    return $failed
}

# python_tests DIRECTORY [PYTEST-ARGUMENT...]
python_tests() {
    local directory=$1
    shift
    "$AKKO_CACHE/venv/bin/python" -m pytest "$directory" --junitxml="$AKKO_REPORTS/pytest.xml" -p no:cacheprovider "$@"
}
