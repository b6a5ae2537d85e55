# `make` lists the targets. Everything is built by SwiftPM; this file only says how.

PREFIX ?= /usr/local
DESTDIR ?=
FUZZ_SECONDS ?= 60

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# Two builds at once would wait for each other's lock.
.NOTPARALLEL:

# The Swift runtime goes into the programs, so that an installed one needs no Swift on the machine.
SWIFT_RELEASE := -c release --static-swift-stdlib
BIN := .build/release

bindir := $(DESTDIR)$(PREFIX)/bin
systemunitdir := $(DESTDIR)$(PREFIX)/lib/systemd/system
userunitdir := $(DESTDIR)$(PREFIX)/lib/systemd/user
datadir := $(DESTDIR)$(PREFIX)/share/lawad
docdir := $(DESTDIR)$(PREFIX)/share/doc/lawad
programs := lawad lawa
# Installed as they lie here, so that the links between them hold.
documents := README.md CHANGELOG.md LICENSE $(wildcard docs/*.md)

.PHONY: help setup build test test-watching test-torch check fuzz demo bench bench-peers install uninstall format clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## Install what building needs beyond Swift (Debian: libsystemd-dev, pkg-config)
	@scripts/setup-debian.sh

build: setup ## Build lawad, lawa and the demo's trainer, optimised
	swift build $(SWIFT_RELEASE)

# Whole programs are tested in a run of their own: beside tests that keep every core busy, waiting for them takes long.
test: setup ## Run all tests: units and whole programs
	swift test --skip EndToEndTests
	swift test --skip-build --filter EndToEndTests --skip WatchingTests

test-watching: setup ## Test watching on odd filesystems, at limits and under torture (root for most; 6 minutes)
	@scripts/setup-debian.sh watching || echo "some of these tests will be skipped"
	scripts/test-watching.sh

test-torch: build ## Test lawa average with PyTorch, where make bench-peers or the machine has it
	scripts/test-torch.sh $(BIN)

check: ## Check format, dependency rule, source rules, unit files, schema and table of trainers
	@scripts/setup-debian.sh check || echo "some of these checks will be skipped"
	swift format lint --strict --recursive --parallel --configuration .swift-format Sources Tests Package.swift
	swift build --build-tests --explicit-target-dependency-import-check error
	scripts/check-imports.sh
	scripts/check-units.sh
	scripts/check-schema.sh
	scripts/check-trainers.sh

fuzz: ## Feed the readers of formats with mutations of hostile files (FUZZ_SECONDS, 60)
	scripts/fuzz.sh $(FUZZ_SECONDS)

demo: build ## Train a small model with lawad beside it and compare the averages
	scripts/demo.sh $(BIN)

bench: build ## Measure lawa average beside cat, cp, the disk, the kernels and other tools (20 minutes, 33 GB)
	scripts/bench.sh $(BIN)

bench-peers: ## Install mergekit, timm and PyTorch for make bench to compare with, and for make test-torch
	scripts/bench-peers.sh

install: ## Install what `make build` built: programs, units, schema, documents (PREFIX, DESTDIR)
	@for program in $(programs); do \
	    [ -x $(BIN)/$$program ] || { echo "$(BIN)/$$program is missing; run make build first" >&2; exit 1; }; \
	done
	install -d $(bindir) $(systemunitdir) $(userunitdir) $(datadir) $(docdir)/docs
	install -s -m 755 $(programs:%=$(BIN)/%) $(bindir)
	sed 's|/usr/local|$(PREFIX)|g' systemd/lawad@.service >$(systemunitdir)/lawad@.service
	sed 's|/usr/local|$(PREFIX)|g' systemd/user/lawad@.service >$(userunitdir)/lawad@.service
	chmod 644 $(systemunitdir)/lawad@.service $(userunitdir)/lawad@.service
	install -m 644 config.example.json config.schema.json $(datadir)
	for document in $(documents); do install -m 644 $$document $(docdir)/$$document; done

uninstall: ## Remove exactly what install put there
	rm -f $(programs:%=$(bindir)/%) $(systemunitdir)/lawad@.service $(userunitdir)/lawad@.service
	rm -f $(datadir)/config.example.json $(datadir)/config.schema.json
	rm -f $(documents:%=$(docdir)/%)
	for directory in $(datadir) $(docdir)/docs $(docdir); do \
	    [ ! -d $$directory ] || rmdir --ignore-fail-on-non-empty $$directory; \
	done

format: ## Format all Swift sources in place
	swift format --in-place --recursive --parallel --configuration .swift-format Sources Tests Package.swift

clean: ## Remove what was built and the demo's files
	rm -rf .build .demo
