# `make help` lists what there is to do. Needs Go, and GNU make.
.DEFAULT_GOAL := help
.PHONY: help demo test test-all rendered lint fmt tidy fuzz bench docs ci

GO ?= go
GOLANGCI_LINT ?= golangci-lint
FUZZTIME ?= 10s
BENCHTIME ?= 1s

# The second module. It reads the manifests with the libraries of Kubernetes and Compose.
check := manifests/check

help: ## List these targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

demo: ## Try the bot in a browser; it needs no account
	$(GO) run ./cmd/linqbot demo

test: ## Run linqbot's tests
	$(GO) test ./...

test-all: test ## Run those of the manifests too; with LINQBOT_TEST_POSTGRES, also those on PostgreSQL
	cd $(check) && $(GO) test ./...
ifndef LINQBOT_TEST_POSTGRES
	@echo "LINQBOT_TEST_POSTGRES is not set: the tests on PostgreSQL were skipped"
endif

rendered: ## Record anew what the manifests come to, after a change to one of them
	cd $(check) && $(GO) test -run Recorded . -update

lint: ## Run golangci-lint on both modules (the version that .ci/run names)
	$(GOLANGCI_LINT) run
	cd $(check) && $(GOLANGCI_LINT) run

fmt: ## Format both modules
	$(GOLANGCI_LINT) fmt
	cd $(check) && $(GOLANGCI_LINT) fmt

tidy: ## Tidy both modules
	$(GO) mod tidy
	cd $(check) && $(GO) mod tidy

fuzz: ## Run each fuzz target for FUZZTIME (10s)
	bash .ci/fuzz.sh $(FUZZTIME)

bench: ## Run the benchmarks for BENCHTIME each (1s)
	$(GO) test -run '^$$' -bench . -benchtime $(BENCHTIME) ./...

docs: ## Write the generated pages and the picture again
	$(GO) test ./docs ./cmd/linqbot ./cmd/linqbot/internal/metrics -update
	$(GO) test ./cmd/linqbot/e2e -run TestTheDemoEndsByItself -update

ci: ## Run everything that a change has to pass
	bash .ci/run

include packaging/release.mk
