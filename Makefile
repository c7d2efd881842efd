# Every target stands for itself: it installs what it needs (scripts/setup.sh) and says what it does.
# Cargo's own variables hold, CARGO_TARGET_DIR among them.

SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

CARGO ?= cargo
STEP := scripts/step.sh
BUF := .tools/node_modules/.bin/buf
DENY := .tools/bin/cargo-deny --locked --log-level error
PYTHON := .tools/venv/bin/python
PROMTOOL := .tools/bin/promtool
DEV := deploy/kubernetes/overlays/dev

# Comments for the demo, as JSON lines; see examples/demo-comments.jsonl for the fields.
DATA ?=
# Further arguments for the command behind `demo`, `run`, `examples` or `bench`.
ARGS ?=
# Where cargo puts what it builds for tests.
DEBUG := $(or $(CARGO_TARGET_DIR),target)/debug
# How many rounds of load, kill and restart.
SOAK_ROUNDS ?= 10

# Where cargo puts the debug build.
BINARY := $(or $(CARGO_TARGET_DIR),target)/debug/replydesk

# cargo-nextest where it is installed, else cargo's own runner. Neither runs doc tests here: they are a step of their own.
NEXTEST := $(shell $(CARGO) nextest --version >/dev/null 2>&1 && echo yes)
ifeq ($(NEXTEST),yes)
RUN_TESTS := $(CARGO) nextest run --locked
RUN_SOAK := $(CARGO) nextest run --locked --profile soak --run-ignored only --no-capture -E 'test(soak)'
RUN_ROLL_OUTS := $(CARGO) nextest run --locked --profile soak --run-ignored only --no-capture --status-level fail -E 'test(soak_roll_outs)'
else
RUN_TESTS := $(CARGO) test --locked --tests
RUN_SOAK := $(CARGO) test --locked --test it soak -- --ignored --nocapture --test-threads 1
RUN_ROLL_OUTS := $(CARGO) test --locked --test it soak_roll_outs -- --ignored --nocapture
endif

.PHONY: help setup demo run test lint deny check-deploy check-mistakes check-upgrade examples bench soak

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## Install what is missing: redis-server, strace, buf
	@scripts/setup.sh

demo: ## See it work: blog, moderator and event feed on a real Redis (DATA=FILE takes your comments)
	@$(STEP) "set up" scripts/setup.sh rust redis
	@$(STEP) "build (release)" $(CARGO) build --release --locked
	@$(CARGO) run --release --locked --quiet -- demo $(if $(DATA),--data "$(DATA)") $(ARGS)

run: ## Start the service with its own Redis (ARGS="--help" shows the options)
	@$(STEP) "set up" scripts/setup.sh rust redis
	@$(STEP) "build" $(CARGO) build --locked
	@$(CARGO) run --locked --quiet -- serve $(ARGS)

test: ## Everything that must pass: format, lints, unit, property and integration tests, doc tests
	@$(STEP) "set up" scripts/setup.sh
	@$(MAKE) lint-steps
	@$(STEP) "tests" $(RUN_TESTS)
	@$(STEP) "doc tests" $(CARGO) test --locked --doc --quiet

lint: ## Format, clippy, protos
	@$(STEP) "set up" scripts/setup.sh rust buf
	@$(MAKE) lint-steps

# From cheap to dear, so that a slip shows at once.
.PHONY: lint-steps
lint-steps:
	@$(STEP) "format" $(CARGO) fmt --check
	@$(STEP) "protos: lint" $(BUF) lint
	@$(STEP) "protos: format" $(BUF) format --diff --exit-code
	@$(STEP) "clippy" $(CARGO) clippy --locked --all-targets -- -D warnings

deny: ## Look at the dependencies: licences, bans, sources
	@$(STEP) "set up" scripts/setup.sh deny
	@$(STEP) "dependencies" $(DENY) check licenses bans sources

examples: ## Run the blogs in Python, Node and Rust against the real binary (ARGS="--only python")
	@$(STEP) "set up" scripts/setup.sh rust redis python-example node-example
	@$(STEP) "build" $(CARGO) build --locked --bin replydesk --example blog
	@$(STEP) "examples" python3 scripts/examples/check.py --service $(DEBUG)/replydesk --rust $(DEBUG)/examples/blog \
		--python .tools/venv-examples/bin/python --node node $(ARGS)

check-deploy: ## Everything about deploy/ that needs no cluster: manifests, image, compose, alerts, dashboards
	@$(STEP) "set up" scripts/setup.sh rust redis kubectl promtool manifests buildah
	@$(STEP) "manifests: rendered" $(PYTHON) deploy/check/render.py
	@$(STEP) "manifests: Kubernetes' schemas" $(PYTHON) deploy/check/schemas.py
	@$(STEP) "manifests: custom resources" $(PYTHON) deploy/check/custom_resources.py
	@$(STEP) "manifests: fit together" $(PYTHON) deploy/check/relations.py
	@$(STEP) "manifests: checkov" $(PYTHON) deploy/check/policy.py
	@$(STEP) "compose file" $(PYTHON) deploy/check/compose.py
	@$(STEP) "Dockerfile: hadolint" .tools/venv/bin/hadolint deploy/Dockerfile
	@$(STEP) "Dockerfile: what the build gets" $(PYTHON) deploy/check/context.py
	@$(STEP) "scripts: shellcheck" .tools/venv/bin/shellcheck .ci/run $(wildcard scripts/*.sh deploy/check/*.sh) $(DEV)/up $(DEV)/secrets
	@$(STEP) "alerts: rules" $(PROMTOOL) check rules $(wildcard deploy/monitoring/alerts/*.yaml)
	@$(STEP) "alerts: unit tests" $(PROMTOOL) test rules $(wildcard deploy/monitoring/alerts/tests/*.yaml)
	@$(STEP) "alerts, dashboards, runbooks" $(PYTHON) deploy/check/monitoring.py
	@$(STEP) "build" $(CARGO) build --locked --bin replydesk
	@$(STEP) "settings: known to the binary" $(PYTHON) deploy/check/settings.py $(BINARY)
	@$(STEP) "secrets of the dev overlay" $(PYTHON) deploy/check/secrets_made.py $(BINARY)
	@$(STEP) "image: started" deploy/check/image.sh $(BINARY)

check-mistakes: ## Make mistakes in a copy of deploy/, one by one: check-deploy must find each
	@$(STEP) "set up" scripts/setup.sh kubectl promtool manifests
	@$(STEP) "mistakes" $(PYTHON) deploy/check/can_fail.py $(ARGS)

check-upgrade: ## Ten roll-outs under load, between the release before and this one, side by side on one Redis
	@$(STEP) "set up" scripts/setup.sh rust redis
	@$(STEP) "old build" scripts/old-build.sh
	@ROLL_OUT_FROM=$(CURDIR)/.tools/old/replydesk $(STEP) "roll-outs" $(RUN_ROLL_OUTS)

bench: ## Measure against the ceiling; the table is written to target/bench.json too
	@$(STEP) "set up" scripts/setup.sh rust redis
	@$(STEP) "bench" $(CARGO) bench --locked --bench '*' -- $(ARGS)

soak: ## Long fault tests: load, kill -9, restart (SOAK_ROUNDS=10)
	@$(STEP) "set up" scripts/setup.sh rust redis
	@SOAK_ROUNDS=$(SOAK_ROUNDS) $(STEP) "soak, $(SOAK_ROUNDS) rounds" $(RUN_SOAK)
