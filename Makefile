# Every verb people and CI use. `make` alone prints them.
# The first Python that is new enough and can make a virtual environment.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
# What serving needs, what tests and lint need as well, and what the sentence-transformers engine needs beside that.
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev
READY_ST := $(VENV)/.ready-st
PROMETHEUS := .tools/prometheus/.ready
PYTEST := $(BIN)/pytest
DATA ?= deploy/embedded/samples
BACKUP = $(BIN)/python -m deploy.backup $(if $(STORE),--store $(STORE)) $(if $(OFFSET),--home .jingqiao-$(OFFSET)) \
	$(if $(IN),--in $(IN))
EMBEDDED = $(BIN)/python -m deploy.embedded $(if $(OFFSET),--port-offset $(OFFSET))
SBOM ?= sbom
CYCLONEDX = $(BIN)/python -W ignore -m cyclonedx_py requirements --pyproject pyproject.toml --spec-version 1.6 --output-reproducible --validate
COMPOSE = $(PYTHON) -m deploy.compose

LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	--no-header
LOCK_PART = $(LOCK) pyproject.toml --constraint requirements-dev.lock

# Where a machine asks Python to keep no compiled modules, each of the hundreds of processes of the tests compiled them all.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run stop status logs backup restore up down test test-long test-st test-compose prove prove-permissions chaos lint format bench capacity evaluate docs attack sbom screenshots lock clean

help: ## Print these verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer, with venv, is needed; say which with PYTHON=…"; exit 1; }
	@echo "Setting up $(VENV) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# After .ready, but not again whenever that is touched.
$(READY_DEV): requirements-dev.lock requirements-kubernetes.lock | $(READY)
	@echo "Adding what tests and lint need …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-kubernetes.lock
	@touch $@

$(READY_ST): $(READY_DEV) requirements-st.lock
	@echo "Adding torch and sentence-transformers …"
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-st.lock
	@touch $@

# For the tests of alert rules.
$(PROMETHEUS): deploy/observability/fetch-prometheus.sh
	@bash $< $(@D)
	@touch $@

run: $(READY) ## Serve the whole platform on this machine (SAMPLES=no: empty; OFFSET=100: a second one beside the first)
	@$(EMBEDDED) run $(if $(filter no,$(SAMPLES)),--without-samples)

stop: $(READY) ## Stop what `make run` started, in order, and wait for it
	@$(EMBEDDED) stop

# Containers, where they run; otherwise the stack on this machine, whose environment is set up when it is needed.
EITHER = if $(COMPOSE) is-up; then $(COMPOSE) $(1); else $(MAKE) -s $(READY) && $(EMBEDDED) $(1); fi

status: ## Say of each part of what runs, here or in containers, whether it is ready
	@$(call EITHER,status)

logs: ## Print the newest lines of its logs (PART=matcher-work: of one)
	@$(call EITHER,logs $(PART))

up: ## Build and start it in containers, wait until it is well, print its addresses (NATS=cluster, PROFILES=observability)
	@$(COMPOSE) up $(if $(NATS),--nats $(NATS)) $(addprefix --profile=,$(PROFILES)) \
		$(if $(filter no,$(SAMPLES)),--without-samples) $(if $(filter no,$(BUILD)),--without-build)

down: ## Stop and remove the containers; data and secrets stay (VOLUMES=remove: the data go, too)
	@$(COMPOSE) down $(if $(filter remove,$(VOLUMES)),--volumes)

backup: $(READY) ## Copy the running stack's databases, here or in containers (STORE=folder)
	@$(BACKUP) create

restore: $(READY) ## Bring the newest backup back, with all archived changes (FROM=name UNTIL=time FORCE=yes IN=containers)
	@$(BACKUP) restore $(FROM) $(if $(UNTIL),--until '$(UNTIL)') $(if $(filter yes,$(FORCE)),--force)

test: $(READY_DEV) $(PROMETHEUS) ## Run every test that needs no torch and no long time
	@$(PYTEST) -m "not st and not compose and not long" -n 3 --dist loadfile --no-loadscope-reorder

test-long: $(READY_DEV) ## Upgrade under load, lose everything and restore it, follow the operator's guide (some minutes)
	@$(PYTEST) -m long

test-st: $(READY_ST) ## Run the tests of the sentence-transformers engine (installs torch)
	@$(PYTEST) -m st

test-compose: $(READY_DEV) ## Start the containers for a test, kill and upgrade them under load (needs an engine, some minutes)
	@$(COMPOSE) check
	@$(PYTEST) tests/compose

prove: $(READY_DEV) ## Break each guarantee in a copy and see its test fail
	@$(BIN)/python -m tests.chaos.prove

prove-permissions: $(READY_DEV) ## Turn each row of the permission tables the wrong way, in every way, and see it noticed (a minute)
	@$(BIN)/python -m tests.contract.permission_flips

chaos: $(READY_DEV) ## Have processes die at every boundary under SEEDS=10 seeds, and count what was lost (an hour)
	@$(BIN)/python -m tests.chaos.seeds $(or $(SEEDS),10) $(if $(FIRST),--first $(FIRST)) $(if $(TIMES),--times $(TIMES))

lint: $(READY_DEV) ## Check format, style, types and walls
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
# On the error channel it tells of each line that is marked as considered.
	@$(BIN)/bandit --quiet --configfile pyproject.toml --recursive libs services deploy 2> /dev/null

format: $(READY_DEV) ## Format the code
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

bench: $(READY_DEV) ## Measure speed beside its baselines (PARTS=scale: a million profiles, half an hour)
	@$(BIN)/python -m tests.bench $(PARTS)

capacity: $(READY_DEV) ## Raise the load until a latency target is missed, name the bottleneck (FRESH=yes: begin anew)
	@$(BIN)/python -m tests.bench.capacity $(if $(FRESH),--fresh)

evaluate: $(READY_DEV) ## Measure ranking on judged data (DATA=folder), verdicts on the blind set
	@$(BIN)/python -m matcher evaluate $(DATA)
	@for pairs in $(wildcard tests/data/blind/*.jsonl); do echo "verdicts on $$pairs"; $(BIN)/python -m matcher judge $$pairs || exit; done

docs: $(READY_DEV) ## Write the generated documents again (settings, events, HTTP contracts)
	@$(BIN)/python -m tests.contract.documents

attack: $(READY_DEV) ## Attack the services: every route, role, thing and text (some minutes; `make test` tries some of it)
	@ATTACK=full $(PYTEST) tests/attack -n 2 --dist load --timeout=1800

sbom: $(READY_DEV) ## List what each service is made of, with hashes, as CycloneDX (SBOM=folder)
	@mkdir -p $(SBOM)
	@for service in catalog matcher notify portal; do $(CYCLONEDX) -o $(SBOM)/$$service.cdx.json deploy/docker/$$service.lock || exit; done
	@$(CYCLONEDX) -o $(SBOM)/all.cdx.json requirements.lock
	@ls $(SBOM)/*.cdx.json

screenshots: $(READY_DEV) ## Photograph the pages of the running portal (needs chromium; OFFSET=100, SHOTS=folder)
	@$(BIN)/python -m tests.screenshots http://127.0.0.1:$$((8100 + 0$(OFFSET))) $(or $(SHOTS),screenshots)

lock: ## Resolve all lock files anew (needs uv): one resolution, from which each takes its part
	@$(LOCK) pyproject.toml --extra dev -o requirements-dev.lock
	@$(LOCK_PART) --extra embedded -o requirements.lock
	@for service in catalog matcher notify portal; do \
		$(LOCK_PART) --extra $$service -o deploy/docker/$$service.lock || exit; done
	@$(LOCK_PART) --constraint requirements-st.lock --extra matcher --extra st -o deploy/docker/matcher-st.lock
	@$(LOCK) deploy/docker/sbom.in -o deploy/docker/sbom.lock

clean: ## Remove the virtual environment and all caches, not the platform's state
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .tools
