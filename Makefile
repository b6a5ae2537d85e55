# `make` lists the targets. Everything is built by SwiftPM; this file only says how.

PREFIX ?= /usr/local
DESTDIR ?=
FUZZ_SECONDS ?= 60
# The date of what is generated: that of the sources.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# Two builds at once would wait for each other's lock.
.NOTPARALLEL:

# The runtimes of Swift and of C++, which Swift's is written in, go into the programs, so that an installed one needs
# no more than libc and libsystemd. Where the linker is asked for libstdc++ it takes the archive in STATIC, for it looks
# there first and finds no shared library.
STATIC := .build/static
to_linker = -Xswiftc -Xclang-linker -Xswiftc $(1)
SWIFT_RELEASE := -c release --static-swift-stdlib --disable-local-rpath \
    $(call to_linker,-static-libgcc) $(call to_linker,-L$(STATIC)) -Xlinker -z -Xlinker now
BIN := .build/release

bindir := $(DESTDIR)$(PREFIX)/bin
systemdir := $(DESTDIR)$(PREFIX)/lib/systemd
sysusersdir := $(DESTDIR)$(PREFIX)/lib/sysusers.d
tmpfilesdir := $(DESTDIR)$(PREFIX)/lib/tmpfiles.d
datadir := $(DESTDIR)$(PREFIX)/share/lawad
docdir := $(DESTDIR)$(PREFIX)/share/doc/lawad
mandir := $(DESTDIR)$(PREFIX)/share/man
bashdir := $(DESTDIR)$(PREFIX)/share/bash-completion/completions
fishdir := $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
# Debian keeps site-functions for what the administrator installs.
zshdir := $(DESTDIR)$(PREFIX)/share/zsh/$(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)
programs := lawad lawa
manuals := man1/lawa.1 man5/lawad.json.5 man8/lawad.8
# Installed as they lie here, so that the links between them hold.
documents := README.md CHANGELOG.md LICENSE $(wildcard docs/*.md)

.PHONY: help setup build test torture test-watching test-systemd test-shipped test-torch check fuzz demo bench bench-peers install uninstall deb check-deb format clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## Install what building needs beyond Swift (Debian: libsystemd-dev, pkg-config, python3)
	@scripts/setup-debian.sh

build: setup $(STATIC)/libstdc++.a ## Build lawad, lawa and the demo's trainer, optimised
	swift build $(SWIFT_RELEASE)

$(STATIC)/libstdc++.a:
	@mkdir -p $(STATIC)
	@archive=$$(clang -print-file-name=$(@F)) && [ -e "$$archive" ] \
	    || { echo "$(@F) is missing; install libstdc++-dev of the compiler's version" >&2; exit 1; }; \
	ln -sf "$$archive" $@

# Whole programs are tested in a run of their own: beside tests that keep every core busy, waiting for them takes long.
# So is what starts processes: until it runs another program, a child holds what other tests have open for writing.
test: setup ## Run all tests: units and whole programs
	swift test --skip 'EndToEndTests|/ExitTests/'
	swift test --skip-build --filter 'EndToEndTests|/ExitTests/' --skip WatchingTests

test-watching: setup ## Test watching on odd filesystems, at limits and under torture (root for most; 6 minutes)
	@scripts/setup-debian.sh watching || echo "some of these tests will be skipped"
	scripts/test-watching.sh

torture: build ## Attack the programs at every point, by links, clients and inputs, and for long (TORTURE, all; 90 minutes)
	scripts/torture.sh $(BIN) $(TORTURE)

test-systemd: deb ## Test the package, units and the daemon in minimal Debians 12 and 13 (root; FILTER; 5 minutes)
	@scripts/setup-debian.sh systemd || echo "these tests may be skipped"
	LAWAD_DEB="$$(ls -t .build/deb/lawad_*.deb | head -n 1)" scripts/test-systemd.sh $(BIN) "$(FILTER)"

test-shipped: build ## Run the tests of whole programs with what make build built, in which libdispatch wakes nobody
	LAWAD_TEST_PROGRAMS=$(BIN) swift test --filter 'EndToEndTests\.(Daemon|Lawa)'

test-torch: build ## Test lawa average with PyTorch, where make bench-peers or the machine has it
	scripts/test-torch.sh $(BIN)

check: ## Check format, dependency rule, source rules, unit files, schema and table of trainers
	@scripts/setup-debian.sh check || echo "some of these checks will be skipped"
	swift format lint --strict --recursive --parallel --configuration .swift-format Sources Tests Package.swift
	swift build --build-tests --explicit-target-dependency-import-check error
	scripts/check-imports.sh
	scripts/check-units.sh
	scripts/check-catalog.sh
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

# All that is installed, for uninstall to remove.
installed = $(programs:%=$(bindir)/%) $(systemdir)/system/lawad@.service $(systemdir)/user/lawad@.service \
    $(systemdir)/catalog/lawad.catalog $(sysusersdir)/lawad.conf $(tmpfilesdir)/lawad.conf \
    $(datadir)/config.example.json $(datadir)/config.schema.json $(documents:%=$(docdir)/%) $(manuals:%=$(mandir)/%) \
    $(foreach program,$(programs),$(bashdir)/$(program) $(zshdir)/_$(program) $(fishdir)/$(program).fish)

# FILE,PLACE: installs a text, with the places that it names below PREFIX.
put = sed -E 's,/usr/local/(bin/lawad?|lib|share)\b,$(PREFIX)/\1,g' $(1) | install -m 644 /dev/stdin $(2)

install: ## Install what `make build` built: programs, units, manual pages, completions, documents (PREFIX, DESTDIR)
	@for program in $(programs); do \
	    [ -x $(BIN)/$$program ] || { echo "$(BIN)/$$program is missing; run make build first" >&2; exit 1; }; \
	done
	install -d $(sort $(dir $(installed)))
	install -s -m 755 $(programs:%=$(BIN)/%) $(bindir)
	$(call put,systemd/lawad@.service,$(systemdir)/system/lawad@.service)
	$(call put,systemd/user/lawad@.service,$(systemdir)/user/lawad@.service)
	$(call put,systemd/lawad.catalog,$(systemdir)/catalog/lawad.catalog)
	install -m 644 systemd/lawad.sysusers $(sysusersdir)/lawad.conf
	install -m 644 systemd/lawad.tmpfiles $(tmpfilesdir)/lawad.conf
	install -m 644 config.example.json config.schema.json $(datadir)
	for document in $(documents); do $(call put,$$document,$(docdir)/$$document); done
	umask 022; scripts/man_pages.py $(BIN) $(PREFIX) $(mandir)
	umask 022; for program in $(programs); do \
	    completion() { $(BIN)/$$program --generate-completion-script $$1; }; \
	    completion bash | sed '1{/^#!/d}' >$(bashdir)/$$program; \
	    completion zsh >$(zshdir)/_$$program; \
	    completion fish >$(fishdir)/$$program.fish; \
	done

uninstall: ## Remove exactly what install put there
	rm -f $(installed)
	for directory in $(datadir) $(docdir)/docs $(docdir); do \
	    [ ! -d $$directory ] || rmdir --ignore-fail-on-non-empty $$directory; \
	done

deb: build ## Package for Debian what was built, into .build/deb (DEB_REVISION, 1)
	@scripts/setup-debian.sh package
	scripts/package-deb.sh $(BIN) .build/deb

check-deb: deb ## Check the package: lintian, dependencies, files, manual pages, completions
	@scripts/setup-debian.sh check-package
	scripts/check-package.sh "$$(ls -t .build/deb/lawad_*.deb | head -n 1)"

format: ## Format all Swift sources in place
	swift format --in-place --recursive --parallel --configuration .swift-format Sources Tests Package.swift

clean: ## Remove what was built and the demo's files
	rm -rf .build .demo
