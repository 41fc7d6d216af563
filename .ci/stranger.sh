# The README's two commands, on a machine that is not ours: an unprivileged user with an empty HOME, next
# to no environment, umask 077, a time zone with half an hour in it and no PostgreSQL. Sourced by run.
#
# They run in a fresh clone, and in a tree without .git, as from an archive. The two have one HOME. So the
# clone alone starts from nothing: the archive finds the modules downloaded and the libraries compiled. Go
# compiles linqbot itself for each folder anew, and keeps no test's result from one for the other.
# shellcheck shell=bash

trees=(clone archive)

stranger_home() {
    stranger=$(mktemp -d)
    mkdir "$stranger/home"
    hand_over
    module_settings >"$tmp/stranger.env"
    echo "user $(as_stranger / id -un), $(as_stranger / date +%Z%z), $(as_stranger / go version)"
}

# Both trees hold what is committed, and nothing else.
stranger_trees() {
    (umask 077 && git clone --quiet "file://$PWD" "$stranger/clone")
    (umask 077 && mkdir "$stranger/archive" && git archive HEAD | tar --extract --directory "$stranger/archive")
    hand_over
    diff <(as_stranger "$stranger/clone" git rev-parse HEAD) <(git rev-parse HEAD)
    [[ ! -e $stranger/archive/.git ]]
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

# as_stranger FOLDER COMMAND... runs it there.
as_stranger() {
    local settings folder=$1
    shift
    mapfile -t settings <"$tmp/stranger.env"
    # shellcheck disable=SC2016 # the inner shell expands them
    unprivileged env -i "${settings[@]}" PATH="$PATH" HOME="$stranger/home" GOENV=off TZ=Asia/Kolkata \
        timeout --kill-after=10s 30m bash -c 'umask 077 && cd "$1" && exec "${@:2}"' stranger "$folder" "$@" </dev/null
}

# The last line shows that the story was told to its end.
stranger_demo() {
    local tree
    for tree in "${trees[@]}"; do
        as_stranger "$stranger/$tree" go run ./cmd/linqbot demo >"$tmp/stranger.demo" ||
            { cat "$tmp/stranger.demo" >&2; return 1; }
        echo "$tree: $(tail -n 1 "$tmp/stranger.demo" | grep '^The story took ')"
    done
}

# The tests mostly wait, so both trees have their turn at once. What both need is compiled before, and once.
stranger_tests() {
    local tree failed=() running=()
    as_stranger "$stranger/clone" go list -export -deps -test ./... >/dev/null
    for tree in "${trees[@]}"; do
        as_stranger "$stranger/$tree" go test ./... >"$tmp/stranger.$tree" 2>&1 &
        running+=($!)
    done
    for tree in "${trees[@]}"; do
        wait "${running[0]}" || failed+=("$tree")
        running=("${running[@]:1}")
        sed "s/^/$tree: /" "$tmp/stranger.$tree"
    done
    if ((${#failed[@]} > 0)); then
        echo "failed in: ${failed[*]}" >&2
        return 1
    fi
    all_packages_ran
}

# all_packages_ran wants an "ok" of this very run for each package that has tests.
all_packages_ran() {
    local tree
    go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./... | grep . | sort >"$tmp/packages"
    for tree in "${trees[@]}"; do
        awk -F '\t' '$1 ~ /^ok/ && !/\(cached\)|no tests to run/ {print $2}' "$tmp/stranger.$tree" | sort |
            diff "$tmp/packages" -
    done
    echo "$(wc -l <"$tmp/packages") packages in each of: ${trees[*]}"
}
