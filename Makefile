include packaging/release.mk
