# What the tests reach over a network. Sourced by run.
# shellcheck shell=bash

# Where PostgreSQL's server programs are; Debian keeps them off the PATH.
postgres_bin() {
    local program
    for program in "$(command -v pg_ctl)" /usr/lib/postgresql/*/bin/pg_ctl; do
        if [[ -x $program ]]; then
            dirname "$(readlink -f "$program")"
            return
        fi
    done
}

# unprivileged COMMAND... runs it as somebody who is not root.
unprivileged() {
    if ((EUID == 0)); then
        (cd / && runuser -u nobody -- "$@")
    else
        "$@"
    fi
}

# PostgreSQL refuses root.
as_postgres() {
    PATH="$(postgres_bin):$PATH" unprivileged "$@"
}

# A server of our own, reached over TCP on loopback only. Its variable makes the tests that need it run,
# or fail.
postgres() {
    local port
    cluster=$(mktemp -d)
    if ((EUID == 0)); then
        chown nobody "$cluster"
    fi
    as_postgres initdb -D "$cluster/data" -U postgres -A trust --encoding=UTF8 --locale=C --no-sync >"$tmp/initdb.log" ||
        { cat "$tmp/initdb.log" >&2; return 1; }
    for port in {25432..25462}; do
        if as_postgres pg_ctl -D "$cluster/data" -w -l "$cluster/log" \
            -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300" start >/dev/null; then
            export LINQBOT_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port/postgres"
            echo "$("$(postgres_bin)/postgres" --version) at port $port"
            return
        fi
    done
    cat "$cluster/log" >&2
    return 1
}

# Whether network namespaces can stand for other machines here. The variable makes the tests that need them run, or
# fail.
machines() {
    if ((EUID != 0)); then
        echo "skipped: only root makes network namespaces"
    elif ip netns add linqbot-ci && ip -n linqbot-ci link add near type veth peer name far; then
        export LINQBOT_TEST_MACHINES=1
    else
        echo "skipped: there are no network namespaces here"
    fi
    ip netns delete linqbot-ci 2>/dev/null || true
}
