#!/usr/bin/env bash
# Builds all that a release publishes: packaging/release.sh VERSION FOLDER [OPTION OF GORELEASER...]
# .goreleaser.yaml says what that is. GORELEASER may name a goreleaser that is built already.
#
# The bytes depend on the commit, the version and the Go toolchain, and on nothing else of the machine. Needs Go and git.
set -euo pipefail
umask 022
export LC_ALL=C TZ=UTC GOWORK=off
export GOFLAGS='-trimpath -buildvcs=false' # an empty one would give way to that of `go env -w`
unset GORELEASER_CURRENT_TAG GITHUB_TOKEN GITLAB_TOKEN GITEA_TOKEN # VERSION counts, and nothing is published from here

version=${1:-}
out=${2:?usage: packaging/release.sh VERSION FOLDER}
shift 2
if [[ ! $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]]; then
    echo "VERSION must be as in 1.2.3 or 1.2.3-rc.1, without a v: make release VERSION=1.2.3" >&2
    exit 2
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [[ -n $(git status --porcelain) ]]; then
    echo "the work tree has changes that are in no commit: commit them first" >&2
    exit 1
fi
mkdir -p "$out"
out=$(cd "$out" && pwd)
if [[ -n $(ls -A "$out") ]]; then
    echo "$out is not empty: remove what is in it first" >&2
    exit 1
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# tool PACKAGE installs a tool at the version that packaging/tools pins. It is built in one way everywhere,
# since the list of components names its bytes.
tool() {
    (cd packaging/tools && CGO_ENABLED=0 go build -o "$tmp/tools/" "$1")
}
tool github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod
if [[ -z ${GORELEASER:-} ]]; then
    tool github.com/goreleaser/goreleaser/v2
fi

# goreleaser wants a remote, and a tag at the commit: a clone has the one and is given the other. It holds no file that
# git ignores, and what goreleaser leaves beside the files of the release goes with it.
git clone --quiet --shared --no-tags "$PWD" "$tmp/linqbot"
cd "$tmp/linqbot"
git update-ref "refs/tags/v$version" HEAD
PATH=$tmp/tools:$PATH "${GORELEASER:-goreleaser}" release --skip=publish "$@"
while read -r _ name; do
    mv "dist/$name" "$out"
done <dist/SHA256SUMS
mv dist/SHA256SUMS "$out"
echo "$out:"
ls -l "$out"
