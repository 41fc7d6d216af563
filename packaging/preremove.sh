#!/bin/sh
# Run before the files go, by dpkg ("remove" or "upgrade") and by rpm (the number of versions that stay). The
# ledger in /var/lib/linqbot stays.
set -e

if [ "${1:-}" = remove ] || [ "${1:-}" = 0 ]; then
    if [ -d /run/systemd/system ]; then
        systemctl disable --now linqbot.service
    fi
fi
