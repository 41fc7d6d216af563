# A release, built twice. Sourced by run.
# shellcheck shell=bash

# goreleaser_check has goreleaser read its file. Where there is none of the version that packaging/tools pins, it is built
# once for all that follows, since compiling it takes minutes.
goreleaser_check() {
    local pinned
    pinned=$(cd packaging/tools && go list -m -f '{{.Version}}' github.com/goreleaser/goreleaser/v2)
    if ! goreleaser --version 2>/dev/null | grep -qxE "GitVersion: +v?${pinned#v}"; then
        (cd packaging/tools && CGO_ENABLED=0 go build -trimpath -buildvcs=false -o "$tmp/bin/" github.com/goreleaser/goreleaser/v2)
    fi
    goreleaser check
}

# Two clones in two folders. They share what is compiled, since the compiler writes the same twice: what could differ
# is what a folder, a link, an archive or a package brings in. Neither builds for all systems, which takes minutes for
# each: what differs by folder would differ on one as on all.
release() {
    built "$tmp/release" '/- linux_arm64/d; /- darwin_amd64/d'
    built "$tmp/another folder/of release" '/- linux_arm64/d; /- darwin/d'
    same_bytes "$tmp/release/dist" "$tmp/another folder/of release/dist"
    diff <(cd "$tmp/release/dist" && LC_ALL=C ls) - <<FILES
SHA256SUMS
linqbot-0.0.1-1.x86_64.rpm
linqbot_0.0.1_amd64.deb
linqbot_0.0.1_darwin_arm64.cdx.json
linqbot_0.0.1_darwin_arm64.tar.gz
linqbot_0.0.1_linux_amd64.cdx.json
linqbot_0.0.1_linux_amd64.tar.gz
FILES
    (cd "$tmp/release/dist" && sha256sum --check --quiet SHA256SUMS && du -h -- *)
    tar --extract --gzip --directory "$tmp" --file "$tmp/release/dist/linqbot_0.0.1_linux_amd64.tar.gz"
    diff <("$tmp/linqbot_0.0.1_linux_amd64/linqbot" version | head -n 2) - <<VERSION
linqbot 0.0.1
commit $(git rev-parse HEAD)
VERSION
    # Each page is there, so that the links between them lead somewhere.
    diff <(cd "$tmp/linqbot_0.0.1_linux_amd64" && find . -name '*.md' -o -name '*.png' -o -name '*.svg' | sed 's#^\./##' | LC_ALL=C sort) <(documents)
}

# built FOLDER EDIT builds a release in a clone there, of the targets that sed leaves.
built() {
    git clone --quiet "file://$PWD" "$1"
    sed "$2" "$1/.goreleaser.yaml" >"$tmp/targets.yaml"
    GORELEASER=goreleaser "$1/packaging/release.sh" 0.0.1 "$1/dist" --config "$tmp/targets.yaml" \
        >"$tmp/release.log" 2>&1 || { cat "$tmp/release.log" >&2; return 1; }
}

# documents lists the pages that belong to a release: the README, and those that it links to.
documents() {
    git ls-files -- ':(glob)*.md' 'docs/*.md' 'docs/*.png' 'docs/*.svg' | LC_ALL=C sort
}

# same_bytes FOLDER PART wants each file of PART in FOLDER, byte for byte.
same_bytes() {
    local file
    for file in "$2"/linqbot*; do
        cmp "$file" "$1/$(basename "$file")"
    done
    echo "$(find "$2" -name 'linqbot*' | wc -l) files are the same in both builds"
}

# rpm_package has rpm itself read the other package, where it is there.
rpm_package() {
    if ! command -v rpm >/dev/null; then
        echo "skipped: this needs rpm"
        return
    fi
    rpm --query --package --info "$tmp/release/dist/linqbot-0.0.1-1.x86_64.rpm" 2>/dev/null | head -n 3
    diff <(rpm --query --package --list "$tmp/release/dist/linqbot-0.0.1-1.x86_64.rpm" 2>/dev/null | LC_ALL=C sort) <(LC_ALL=C sort <<FILES
/etc/linqbot/linqbot.env
/usr/bin/linqbot
/usr/lib/systemd/system/linqbot.service
/usr/lib/sysusers.d/linqbot.conf
/usr/share/doc/linqbot/copyright
$(documents | sed 's#^#/usr/share/doc/linqbot/#')
FILES
    )
}

# debian_package looks into the .deb without installing it, since that would change the machine. systemd
# reads the unit as it is installed.
debian_package() {
    local root=$tmp/root said
    if ! command -v dpkg-deb >/dev/null || ! command -v systemd-analyze >/dev/null; then
        echo "skipped: this needs dpkg-deb and systemd-analyze"
        return
    fi
    dpkg-deb --extract "$tmp"/release/dist/linqbot_0.0.1_amd64.deb "$root"
    diff <(cd "$root" && find . -type f -printf '%m %p\n' | LC_ALL=C sort -k 2) <(LC_ALL=C sort -k 2 <<FILES
600 ./etc/linqbot/linqbot.env
755 ./usr/bin/linqbot
644 ./usr/lib/systemd/system/linqbot.service
644 ./usr/lib/sysusers.d/linqbot.conf
644 ./usr/share/doc/linqbot/copyright
$(documents | sed 's#^#644 ./usr/share/doc/linqbot/#')
FILES
    )
    # What the unit refers to, from this machine. An unknown setting is only printed, so nothing may be.
    cp /usr/lib/systemd/system/*.target "$root/usr/lib/systemd/system/"
    install -D /bin/true "$root/bin/kill"
    said=$(systemd-analyze verify --root="$root" --man=no linqbot.service 2>&1)
    if [[ -n $said ]]; then
        echo "$said" >&2
        return 1
    fi
    systemd-analyze security --root="$root" --offline=true --threshold=20 --no-pager linqbot.service | tail -n 1
}
