# What a release publishes, in dist/. Included by the Makefile.

.PHONY: release
release: ## Build a release into dist/: make release VERSION=1.2.3
	packaging/release.sh "$(VERSION)" dist
