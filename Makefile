# `make help` lists what there is to do. Needs Go, and GNU make.
.DEFAULT_GOAL := help
.PHONY: help demo test test-all browser rendered lint fmt tidy fuzz bench docs ci

GO ?= go
GOLANGCI_LINT ?= golangci-lint
FUZZTIME ?= 10s
BENCHTIME ?= 1s

# Modules of their own: one reads the manifests with the libraries of Kubernetes and Compose, the other drives a browser.
check := manifests/check
browser := cmd/linqbot/e2e/browser

help: ## List these targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

demo: ## Try the bot in a browser; it needs no account
	$(GO) run ./cmd/linqbot demo

test: ## Run linqbot's tests
	$(GO) test ./...

test-all: test browser ## Run those of the manifests and in a browser too; with LINQBOT_TEST_POSTGRES, also those on PostgreSQL
	cd $(check) && $(GO) test ./...
ifndef LINQBOT_TEST_POSTGRES
	@echo "LINQBOT_TEST_POSTGRES is not set: the tests on PostgreSQL were skipped"
endif

browser: ## Look at the pages in Chromium; with LINQBOT_TEST_AXE, also check their accessibility
	cd $(browser) && $(GO) test -count=1 ./...
ifndef LINQBOT_TEST_AXE
	@echo "LINQBOT_TEST_AXE is not set: the checks with axe-core were skipped"
endif

rendered: ## Record anew what the manifests come to, after a change to one of them
	cd $(check) && $(GO) test -run Recorded . -update

lint: ## Run golangci-lint on all modules (the version that .ci/run names)
	$(GOLANGCI_LINT) run
	cd $(check) && $(GOLANGCI_LINT) run
	cd $(browser) && $(GOLANGCI_LINT) run

fmt: ## Format all modules
	$(GOLANGCI_LINT) fmt
	cd $(check) && $(GOLANGCI_LINT) fmt
	cd $(browser) && $(GOLANGCI_LINT) fmt

tidy: ## Tidy all modules
	$(GO) mod tidy
	cd $(check) && $(GO) mod tidy
	cd $(browser) && $(GO) mod tidy

fuzz: ## Run each fuzz target for FUZZTIME (10s)
	bash .ci/fuzz.sh $(FUZZTIME)

bench: ## Run the benchmarks for BENCHTIME each (1s)
	$(GO) test -run '^$$' -bench . -benchtime $(BENCHTIME) ./...

docs: ## Write the generated pages and the picture again
	$(GO) test ./docs ./cmd/linqbot ./cmd/linqbot/internal/metrics -update
	$(GO) test ./cmd/linqbot/e2e -run TestThePicture -update

ci: ## Run everything that a change has to pass
	bash .ci/run

include packaging/release.mk
