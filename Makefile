# Docket's commands. `make help` lists them.
#
# Needs Rust (see Cargo.toml), Node 20 with npm, a C compiler, and for `test` and `bench` the right
# to install Debian packages where PostgreSQL, Redis or Chromium is missing.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# What the playground is built from: everything but what is installed or made.
PLAYGROUND_SOURCES := $(shell find playground \
	\( -name node_modules -o -name dist -o -name test-results -o -name e2e \) -prune \
	-o -type f -print 2>/dev/null) schema.graphql
PLAYGROUND_INSTALLED := playground/node_modules/.installed
PLAYGROUND_BUILT := playground/dist/index.html

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: $(PLAYGROUND_BUILT) ## Build everything and start the development server on SQLite (ARGS="…" for more flags)
	cargo build
	@exec target/debug/docket serve --dev $(ARGS)

.PHONY: build
build: $(PLAYGROUND_BUILT) ## Build target/release/docket with the playground inside
	cargo build --release

.PHONY: test
test: ## Everything CI checks, with private servers that are ended afterwards (PARTS="clippy rust" for some)
	@scripts/services run -- scripts/test $(PARTS)

.PHONY: lint
lint: $(PLAYGROUND_BUILT) ## Check formatting and lints only
	@scripts/test format playground-checks clippy

.PHONY: fmt
fmt: $(PLAYGROUND_INSTALLED) ## Format the code
	cargo fmt --all
	npm --prefix playground run format --if-present

.PHONY: schema
schema: $(PLAYGROUND_BUILT) ## Write schema.graphql and the playground's types anew
	cargo build
	target/debug/docket schema > schema.graphql.new
	mv schema.graphql.new schema.graphql
	npm --prefix playground run codegen

.PHONY: bench
bench: $(PLAYGROUND_BUILT) bench/peers/node_modules/.installed ## Measure against the bare limits and the peers (PARTS="reading zip" for some)
	cargo build --release --workspace
	cargo build --release --locked --manifest-path bench/peers/river/Cargo.toml --target-dir target/river
	@scripts/services run --durable -- target/release/docket-bench $(PARTS)

.PHONY: playground
playground: $(PLAYGROUND_BUILT) # What has to be there before the server is built.

%/node_modules/.installed: %/package.json %/package-lock.json
	npm --prefix $* ci --no-audit --no-fund
	@touch $@

$(PLAYGROUND_BUILT): $(PLAYGROUND_INSTALLED) $(PLAYGROUND_SOURCES)
	npm --prefix playground run build
	@touch $@
