# The README's two commands, on a machine that is not ours: an unprivileged user with an empty HOME, next
# to no environment, umask 077, a time zone with half an hour in it and no PostgreSQL. Sourced by run.
#
# They run in a fresh clone, and then in a tree without .git, as from an archive. The two have one HOME, so the clone
# alone starts from nothing. They stand in the same folder, one after the other, and hold the same files with the same
# times. So Go compiles nothing again for the archive, and takes over the results of the clone's tests. Those that call
# git or build the program, which goes another way without .git, run again.
# shellcheck shell=bash

stranger_home() {
    stranger=$(mktemp -d)
    mkdir "$stranger/home"
    hand_over
    module_settings >"$tmp/stranger.env"
    echo "user $(as_stranger id -un), $(as_stranger date +%Z%z), $(as_stranger go version)"
}

stranger_steps() {
    step "strange machine: clone" stranger_clone
    step "strange machine: demo in the clone" stranger_demo clone
    step "strange machine: tests in the clone" stranger_tests clone
    step "strange machine: archive" stranger_archive
    step "strange machine: demo in the archive" stranger_demo archive
    step "strange machine: tests in the archive" stranger_tests archive
}

# Both trees hold what is committed, and nothing else.
stranger_clone() {
    (umask 077 && git clone --quiet "file://$PWD" "$stranger/linqbot")
    find "$stranger/linqbot" -path "$stranger/linqbot/.git" -prune -o \
        -exec touch --date="@$(git log -1 --format=%ct)" {} + # as git archive has them
    hand_over
    diff <(as_stranger git rev-parse HEAD) <(git rev-parse HEAD)
}

stranger_archive() {
    as_stranger git archive --output="$stranger/archive.tar" HEAD
    mv "$stranger/linqbot" "$stranger/clone"
    (umask 077 && mkdir "$stranger/linqbot" &&
        tar --extract --no-same-permissions --directory "$stranger/linqbot" --file "$stranger/archive.tar")
    hand_over
    diff --recursive --exclude=.git "$stranger/clone" "$stranger/linqbot"
    [[ ! -e $stranger/linqbot/.git ]]
}

hand_over() {
    if ((EUID == 0)); then
        chown -R nobody "$stranger"
    fi
}

# module_settings prints the variables that say how Go reaches modules, as far as they are set here.
module_settings() {
    local name here default
    for name in GOPROXY GONOPROXY GOSUMDB GONOSUMDB GOPRIVATE GOINSECURE; do
        here=$(go env "$name")
        default=$(env -i PATH="$PATH" HOME="$tmp" GOENV=off go env "$name")
        if [[ $here != "$default" ]]; then
            printf '%s=%s\n' "$name" "$here"
        fi
    done
    env | grep -iE '^(https?|no)_proxy=' || true
}

# as_stranger COMMAND... runs it in the tree, once there is one.
as_stranger() {
    local settings
    mapfile -t settings <"$tmp/stranger.env"
    # shellcheck disable=SC2016 # the inner shell expands them
    unprivileged env -i "${settings[@]}" PATH="$PATH" HOME="$stranger/home" GOENV=off TZ=Asia/Kolkata \
        timeout --foreground --kill-after=10s 30m bash -c 'umask 077 && { [[ ! -e $1 ]] || cd "$1"; } && exec "${@:2}"' \
        stranger "$stranger/linqbot" "$@" </dev/null
}

# stranger_demo TREE plays the demo. The last line shows that the story was told to its end.
stranger_demo() {
    as_stranger go run ./cmd/linqbot demo >"$tmp/stranger.demo" || { cat "$tmp/stranger.demo" >&2; return 1; }
    echo "$1: $(tail -n 1 "$tmp/stranger.demo" | grep '^The story took ')"
}

# stranger_tests TREE runs the tests.
stranger_tests() {
    tests_pass "$1" ./...
    all_packages_ran "$1"
    if [[ $1 == archive ]]; then
        tests_pass "$1" -count=1 ./cmd/linqbot
        tests_pass "$1" -count=1 -run '^(TestVersion|TestARemoval)$' ./cmd/linqbot/e2e
    fi
}

# tests_pass TREE ARGUMENT... runs tests and prints what they say.
tests_pass() {
    local status=0
    as_stranger go test "${@:2}" >"$tmp/stranger.$1" 2>&1 || status=$?
    sed "s/^/$1: /" "$tmp/stranger.$1"
    return "$status"
}

# all_packages_ran TREE wants an "ok" for each package that has tests: in the clone of this very run.
all_packages_ran() {
    go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./... | grep . | sort >"$tmp/packages"
    awk -F '\t' '$1 ~ /^ok/ && !/no tests to run/ {print $2}' "$tmp/stranger.$1" | sort | diff "$tmp/packages" -
    if [[ $1 == clone ]]; then
        awk -F '\t' '$1 ~ /^ok/ && !/\(cached\)/ {print $2}' "$tmp/stranger.$1" | sort | diff "$tmp/packages" -
    fi
    echo "$1: $(wc -l <"$tmp/packages") packages"
}
