# Checks that nothing people are told to create is committed or sent into an image by accident. Sourced by run.
# shellcheck shell=bash

# What the documentation, the Dockerfile and manifests/ have people create, in the folder that they stand in, and what
# linqbot leaves there. secrets is a folder.
private_files=(
    linqbot.env prod.env .env .env.local
    linqbot.db linqbot.db-wal linqbot.db-shm linqbot.db.lock linqbot-backup.db backup.db.gz backup.sqlite
    linqbot.sql november.csv november.jsonl webhook-secret
    secrets/slack_signing_secret secrets/slack_bot_token secrets/linq_api_key secrets/linq_webhook_secret
    secrets/postgres_password secrets/database_url
)
private_folders=(. manifests)

private_paths() {
    local folder file
    for folder in "${private_folders[@]}"; do
        for file in "${private_files[@]}"; do
            echo "${folder#.}${folder:+/}$file"
        done
    done | sed 's/^\///'
}

# Only the .gitignore of the repository counts: a developer's own would hide that a line is missing there.
private_from_git() {
    private_paths >"$tmp/private"
    git -c core.excludesFile=/dev/null check-ignore --no-index --stdin <"$tmp/private" >"$tmp/private.ignored" || true
    diff "$tmp/private" "$tmp/private.ignored" || { echo "these could be committed" >&2; return 1; }
    echo "$(wc -l <"$tmp/private") paths are ignored"
}

# Copies a context that holds these files and two of ours into an image, as the Dockerfile does, and looks
# what has arrived.
private_from_image() {
    local path context=$tmp/context
    if ! has_build_tool; then
        echo "skipped: this needs buildah, and root with the right to mount"
        return
    fi
    mkdir "$context"
    cp .dockerignore "$context"
    for path in $(private_paths) go.mod ledger/migrations/sqlite/001_x.sql; do
        mkdir -p "$context/$(dirname "$path")"
        echo x >"$context/$path"
    done
    printf 'FROM scratch\nCOPY . /\n' >"$tmp/Dockerfile.private"
    build_tool bud --quiet --file "$tmp/Dockerfile.private" --tag private "$context" >"$tmp/private.log" 2>&1 ||
        { cat "$tmp/private.log" >&2; return 1; }
    (cd "$(build_tool mount "$(build_tool from --pull-never private)")" && find . -type f | sort) >"$tmp/private.sent"
    diff - "$tmp/private.sent" <<<"./go.mod"$'\n'"./ledger/migrations/sqlite/001_x.sql" ||
        { echo "these would be sent into an image" >&2; return 1; }
}
