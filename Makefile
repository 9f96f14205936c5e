# Everything that a person or the CI runs. `make` alone prints the list.

CARGO ?= cargo
PREFIX ?= /usr/local
DESTDIR ?=
FUZZ_SECONDS ?= 60
# Of `make bench-terminal`: tables to print, `--png FOLDER`.
ARGUMENTS ?=
# `--locked` keeps builds to the versions that were tested.
CARGO_FLAGS ?= --locked

# Rust from rustup is found also where the login shell has not read its settings.
export PATH := $(PATH):$(HOME)/.cargo/bin

PROGRAM = target/release/ttychat
MANUAL = target/manual

.DEFAULT_GOAL = help
.PHONY: help setup build run test bless bench bench-link bench-terminal fuzz fmt lint doc \
	deny check \
	camera-test windows-check manual install clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

setup: ## install what is missing to build (apt-get or dnf)
	@.ci/setup

build: setup ## build target/release/ttychat
	$(CARGO) build --release $(CARGO_FLAGS)

run: build ## a call with yourself (without a terminal: five seconds of it, and a report)
	@if (: < /dev/tty) 2> /dev/null; then \
		exec $(PROGRAM) --loopback; \
	else \
		exec $(PROGRAM) --loopback --headless --duration 5; \
	fi

test: setup ## run all tests
	$(CARGO) test --workspace $(CARGO_FLAGS)

bless: ## re-make what tests compare with, then show the difference
	TTYCHAT_BLESS=1 $(CARGO) test --workspace $(CARGO_FLAGS) --no-fail-fast
	git --no-pager diff --stat -- tests/data docs README.md

bench: setup ## run all benchmarks
	$(CARGO) bench --workspace --benches $(CARGO_FLAGS)

bench-terminal: setup ## pictures as text: bytes, closeness, time; and other players
	@clip=../shared/clips/carphone.mp4; [ ! -e "$$clip" ] || \
		export TTYCHAT_CLIP="$${TTYCHAT_CLIP:-$$(realpath "$$clip")}"; \
	$(CARGO) bench --bench terminal $(CARGO_FLAGS) -- $(ARGUMENTS)

bench-link: setup ## the picture's age over slow links, beside a naive pair (15 minutes)
	$(CARGO) bench $(CARGO_FLAGS) --bench link -- full

fuzz: setup ## run each fuzz target for FUZZ_SECONDS (needs cargo-fuzz)
	@.ci/fuzz $(FUZZ_SECONDS)

fmt: ## check the layout of the code; `cargo fmt --all` mends it
	$(CARGO) fmt --all --check

lint: setup ## clippy, where a warning is an error
	$(CARGO) clippy --workspace --all-targets $(CARGO_FLAGS) -- -D warnings

doc: setup ## the code's documentation, where a warning is an error
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --document-private-items \
		$(CARGO_FLAGS)

deny: ## licences and origins of all dependencies
	@.ci/deny

check: setup fmt lint test doc deny ## all of the above checks, before every push; what the CI runs

camera-test: ## cameras, on emulated hardware where the rig is
	@if rig=$$(.ci/rig camera-rig); then \
		$(MAKE) --no-print-directory build && \
		TTYCHAT_CAMERA_RIG="$$rig" TTYCHAT_PROGRAM="$$PWD/$(PROGRAM)" \
			$(CARGO) test $(CARGO_FLAGS) --test camera; \
	else \
		echo "camera-test: left out: its rig is not here"; \
	fi

windows-check: ## clippy for Windows, and calls under Wine, where the rig is
	@if rig=$$(.ci/rig windows-rig); then \
		sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		if ! command -v x86_64-w64-mingw32-dlltool > /dev/null; then \
			$$sudo apt-get install -y --no-install-recommends binutils-mingw-w64-x86-64; \
		fi && \
		"$$rig/winrig" setup-check && \
		"$$rig/winrig" clippy . --workspace --all-targets $(CARGO_FLAGS) -- -D warnings && \
		if [ -e "$$rig/prefix/system.reg" ]; then \
			$(CARGO) build $(CARGO_FLAGS) && tests/windows.sh "$$rig"; \
		else \
			echo "windows-check: Wine was left out: run $$rig/winrig setup"; \
		fi; \
	else \
		echo "windows-check: left out: its rig is not here"; \
	fi

manual: ## write the manual page and shell completions to target/manual
	$(CARGO) run --quiet $(CARGO_FLAGS) --example manual -- $(MANUAL)

# Under sudo there is often no cargo: then what was built before is installed.
install: ## install the program, its manual and completions (PREFIX=, DESTDIR=)
	@if command -v $(CARGO) > /dev/null; then \
		$(MAKE) --no-print-directory build manual; \
	elif [ ! -x $(PROGRAM) ] || [ ! -d $(MANUAL) ]; then \
		echo "install: nothing is built yet; run \`make build manual\` first" >&2; exit 1; \
	fi
	install -D -m 755 $(PROGRAM) "$(DESTDIR)$(PREFIX)/bin/ttychat"
	install -D -m 644 $(MANUAL)/ttychat.1 "$(DESTDIR)$(PREFIX)/share/man/man1/ttychat.1"
	install -D -m 644 $(MANUAL)/ttychat.bash \
		"$(DESTDIR)$(PREFIX)/share/bash-completion/completions/ttychat"
	install -D -m 644 $(MANUAL)/_ttychat "$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_ttychat"
	install -D -m 644 $(MANUAL)/ttychat.fish \
		"$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/ttychat.fish"

clean: ## remove all that was built
	$(CARGO) clean
