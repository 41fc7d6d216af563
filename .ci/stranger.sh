# The README's two commands, on a machine that is not ours: an unprivileged user with an empty HOME, next
# to no environment, umask 077, a time zone with half an hour in it and no PostgreSQL. Sourced by run.
#
# They run in a fresh clone, and then in a tree without .git, as from an archive. The two have one HOME, so the clone
# alone starts from nothing. They stand in the same folder, one after the other, and hold the same files with the same
# times. So Go compiles nothing again for the archive, and takes over the result of a test for which nothing has
# changed: its code, the files and folders that it reads, its variables. PATH has changed. So each test that looks for
# a program there runs again, such as those that call git or "go build", which behave in another way without .git.
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
    local status=0 path=$PATH
    if [[ $1 == archive ]]; then
        path+=:$stranger/home
    fi
    PATH=$path as_stranger go test ./... >"$tmp/stranger.$1" 2>&1 || status=$?
    sed "s/^/$1: /" "$tmp/stranger.$1"
    if ((status != 0)); then
        return "$status"
    fi
    all_packages_ran "$1"
}

# all_packages_ran TREE wants an "ok" for each package that has tests: of this very run in the clone, and in the
# archive for those that build the program or call git.
all_packages_ran() {
    local anew=.
    if [[ $1 == archive ]]; then
        anew='^linqbot/cmd/linqbot(/e2e(/soak)?)?$'
    fi
    go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./... | grep . | sort >"$tmp/packages"
    awk -F '\t' '$1 ~ /^ok/ && !/no tests to run/ {print $2}' "$tmp/stranger.$1" | sort | diff "$tmp/packages" -
    awk -F '\t' '$1 ~ /^ok/ && !/\(cached\)/ {print $2}' "$tmp/stranger.$1" | sort >"$tmp/packages.anew"
    diff <(grep -E "$anew" "$tmp/packages") <(grep -E "$anew" "$tmp/packages.anew")
    echo "$1: $(wc -l <"$tmp/packages") packages, $(wc -l <"$tmp/packages.anew") of them anew"
}
