#!/bin/sh
# Run after the files are in place, by dpkg ("configure", and the old version in an upgrade) and by rpm (the
# number of versions that are now installed). linqbot is not started: it needs settings first.
set -e

if command -v systemd-sysusers >/dev/null; then
    systemd-sysusers linqbot.conf
fi
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    if [ -n "${2:-}" ] || [ "${1:-}" = 2 ]; then
        systemctl try-restart linqbot.service
    fi
fi
