#!/usr/bin/env bash
# Builds all that a release publishes: packaging/build.sh VERSION FOLDER
# TARGETS may name less than all systems, such as "linux/amd64".
#
# The bytes depend on the commit, the version and the Go toolchain, and on nothing else of the machine but
# its gzip and tar. Needs Go, git, GNU tar and gzip.
set -euo pipefail
umask 022
export LC_ALL=C TZ=UTC GOFLAGS='' GOWORK=off

version=${1:-}
out=${2:?usage: packaging/build.sh VERSION FOLDER}
if [[ ! $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]]; then
    echo "VERSION must be as in 1.2.3 or 1.2.3-rc.1, without a v: make release VERSION=1.2.3" >&2
    exit 2
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [[ -n $(git status --porcelain) ]]; then
    echo "the work tree has changes that are in no commit: commit them first" >&2
    exit 1
fi
if ! tar --version | grep -q 'GNU tar'; then
    echo "this needs GNU tar" >&2
    exit 1
fi
commit=$(git rev-parse HEAD)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH VERSION=$version
mkdir -p "$out"
out=$(cd "$out" && pwd)
if [[ -n $(ls -A "$out") ]]; then
    echo "$out is not empty: remove what is in it first" >&2
    exit 1
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# tool NAME PACKAGE installs a tool at the version that packaging/tools pins. It is built in one way
# everywhere, since the list of components names its bytes.
tool() {
    (cd packaging/tools && CGO_ENABLED=0 go build -trimpath -buildvcs=false -o "$tmp/$1" "$2")
}

# documents lists the pages that go with the program: the README and all that it links to, but the code and manifests.
documents() {
    git ls-files -- LICENSE ':(glob)*.md' 'docs/*.md' 'docs/*.png' 'docs/*.svg'
}

# build OS ARCH
build() {
    local name=linqbot_${version}_$1_$2
    mkdir "$tmp/$name"
    CGO_ENABLED=0 GOOS=$1 GOARCH=$2 GOAMD64=v1 GOARM64=v8.0 go build -trimpath -buildvcs=false \
        -ldflags="-s -w -X main.version=$version -X main.commit=$commit" -o "$tmp/$name/linqbot" ./cmd/linqbot
    documents | tar --create --files-from=- | tar --extract --directory "$tmp/$name"
    chmod -R u=rwX,go=rX "$tmp/$name"
    tar --create --directory "$tmp" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
        --format=ustar "$name" | gzip --best --no-name >"$out/$name.tar.gz"
    "$tmp/cyclonedx-gomod" bin -json -std -noserial -notimestamp -version "v$version" \
        -output "$out/$name.cdx.json" "$tmp/$name/linqbot"
}

# packages ARCH
packages() {
    local packager
    for packager in deb rpm; do
        GOARCH=$1 BINARY=$tmp/linqbot_${version}_linux_$1/linqbot \
            "$tmp/nfpm" package --config packaging/nfpm.yaml --packager "$packager" --target "$out/"
    done
}

tool nfpm github.com/goreleaser/nfpm/v2/cmd/nfpm
tool cyclonedx-gomod github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod
for target in ${TARGETS:-linux/amd64 linux/arm64 darwin/amd64 darwin/arm64}; do
    echo "$target"
    build "${target%/*}" "${target#*/}"
    if [[ $target == linux/* ]]; then
        packages "${target#*/}"
    fi
done
(cd "$out" && sha256sum -- * >"$tmp/SHA256SUMS" && mv "$tmp/SHA256SUMS" .)
echo "$out:"
ls -l "$out"
