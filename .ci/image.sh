# The image. Sourced by run.
# shellcheck shell=bash

# The Dockerfile, built and run. Where the registry of a base image is not reached, an image made here
# stands in under its name. That checks each step and what comes out, though not that base image.
image() {
    local base volumes=()
    if ! has_build_tool; then
        echo "skipped: this needs buildah, and root with the right to mount"
        return
    fi
    # Where a stand-in finds what the step before has downloaded and built.
    volumes+=(--volume "$(go env GOMODCACHE):/ci/modules" --volume "$(go env GOCACHE):/ci/cache")
    while read -r base; do
        if build_tool pull --quiet "$base" >"$tmp/pull.log" 2>&1; then
            echo "$base: pulled"
            continue
        fi
        echo "$base: not reached, an image made here stands in for it"
        stand_in "$base"
        if [[ $base == */golang:* ]]; then
            volumes+=(--volume "$(go env GOROOT):/usr/local/go:ro")
        fi
    done < <(sed -nE 's/^FROM (golang:)/FROM docker.io\/library\/\1/; s/^FROM ([^ ]+).*/\1/p' Dockerfile)
    # Docker's format: the other one has no health check.
    build_tool bud --pull-never --format docker --build-arg VERSION=0.0.0-ci --build-arg COMMIT="$(git rev-parse HEAD)" --tag linqbot "${volumes[@]}" . \
        >"$tmp/bud.log" 2>&1 || { cat "$tmp/bud.log" >&2; return 1; }
    run_image
}

# has_build_tool installs it if it can. It needs root with the right to mount.
has_build_tool() {
    if ((EUID == 0)) && ! command -v buildah >/dev/null && command -v apt-get >/dev/null; then
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends buildah; } \
            >"$tmp/apt.log" 2>&1 || true
    fi
    ((EUID == 0)) && command -v buildah >/dev/null && unshare --mount true
}

# Its images and its caches are in a folder that goes when this ends.
build_tool() {
    TMPDIR=$tmp BUILDAH_ISOLATION=chroot timeout --kill-after=10s 5m \
        buildah --root "$tmp/images" --runroot "$tmp/images.run" --storage-driver vfs "$@"
}

# stand_in NAME makes an empty image, or for Go one with a shell and mkdir, to which the tool chain of
# this machine is added when it is used. It has no certificates, so the modules must be there.
stand_in() {
    local container root
    container=$(build_tool from scratch)
    if [[ $1 == */golang:* ]]; then
        root=$(build_tool mount "$container")
        mkdir "$root/tmp"
        ldd /bin/sh /bin/mkdir | sed -nE 's/.*[[:space:]](\/[^ ]+) \(0x.*/\1/p' | sort -u |
            xargs cp --parents --dereference --target-directory "$root" /bin/sh /bin/mkdir
        build_tool config --env PATH=/usr/local/go/bin:/bin --env HOME=/root --env GOPATH=/go \
            --env GOMODCACHE=/ci/modules --env GOCACHE=/ci/cache --env GOPROXY=off --env GOTOOLCHAIN=local "$container"
    fi
    build_tool commit --quiet "$container" "$1" >/dev/null
}

# Does with the image what Docker would with --read-only: its user and its variables, and nothing but
# the volume that it declares can be written to.
run_image() {
    local root variables inside serving attempt
    root=$(build_tool mount "$(build_tool from --pull-never linqbot)")
    diff - <(image_says '{{.User}} {{.WorkingDir}} {{.Volumes}} {{.Entrypoint}} {{.Cmd}} {{.Healthcheck.Test}}') \
        <<<"65532:65532 /data map[/data:{}] [/linqbot] [serve] [CMD /linqbot healthcheck]"
    mapfile -t variables < <(image_says '{{range .Env}}{{println .}}{{end}}' | grep .)
    # Nobody is called: nothing answers at these addresses of this machine.
    variables+=(SLACK_API_URL=http://127.0.0.1:9/api/ LINQ_API_V3_BASE_URL=http://127.0.0.1:9/ LISTEN_ADDR=127.0.0.1:28080
        ADMIN_ADDR=off SLACK_SIGNING_SECRET=0123456789abcdef0123456789abcdef SLACK_BOT_TOKEN=xoxb-ci LINQ_API_V3_API_KEY=ci ALLOWED_USERS=U0)
    # shellcheck disable=SC2016 # the inner shell expands them
    inside=(unshare --mount bash -ec 'mount --bind "$1" "$1"
        mount --bind "$1/data" "$1/data"
        mount -o remount,bind,ro "$1"
        if touch "$1/written" 2>/dev/null; then exit 1; fi
        exec "${@:2}"' inside "$root" env -i "${variables[@]}" setpriv --no-new-privs
        chroot --userspec=65532:65532 --groups= "$root" /linqbot)

    diff - <("${inside[@]}" version | head -n 2) <<<"linqbot 0.0.0-ci"$'\n'"commit $(git rev-parse HEAD)"
    "${inside[@]}" serve >"$tmp/image.log" 2>&1 &
    serving=$!
    for attempt in {1..50}; do
        if "${inside[@]}" healthcheck 2>"$tmp/health.log"; then
            break
        fi
        if ((attempt == 50)); then
            cat "$tmp/health.log" "$tmp/image.log" >&2
            return 1
        fi
        sleep 0.2
    done
    kill "$serving"
    wait "$serving" # its exit code is 0
    [[ -s $root/data/linqbot.db ]]
    echo "the image is healthy as user 65532 on a read-only root, and ends by itself on SIGTERM"
}

# image_says TEMPLATE prints a part of how the image is to be run.
image_says() {
    build_tool inspect --type image --format "{{with .Docker.Config}}$1{{end}}" linqbot
    echo
}
