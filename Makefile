# Everything a person or a build server does with this project. A fresh machine needs python3 and make only.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.NOTPARALLEL:

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Two workers: a worker that is not on a core of its own only makes the others wait.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -rfEs
TEST_DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/lianping
TEST_REDIS_URL ?= redis://127.0.0.1:6379/14

.PHONY: help
help:  ## list what can be made
	@awk -F ':.*##' '/^[a-z-]+:.*##/ { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: export DEBUG = 1
demo: $(VENV)/runtime  ## a demo village on http://127.0.0.1:8000
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py seed_demo
	@echo "登录页上列着演示账号，一个角色一个，点一下就能进。数据在var文件夹里，删掉它就从头来过。"
	@$(BIN)/python manage.py serve

.PHONY: test
test: lint test-sqlite test-services  ## everything that must pass: lint, then all tests on both engines

.PHONY: test-sqlite
test-sqlite: $(VENV)/development  ## all tests, embedded mode
	@echo "== SQLite"
	@DATABASE_URL= REDIS_URL= $(PYTEST)

.PHONY: test-services
test-services: export DATABASE_URL = $(TEST_DATABASE_URL)
test-services: export REDIS_URL = $(TEST_REDIS_URL)
test-services: $(VENV)/development  ## all tests, production mode: PostgreSQL and Redis
	@echo "== PostgreSQL, Redis"
	@if $(BIN)/python -m tools.services; then $(PYTEST); else echo "== SKIPPED: PostgreSQL, Redis"; fi

.PHONY: lint
lint: $(VENV)/development  ## style of code and templates
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/djlint --quiet --lint templates

.PHONY: bench
bench: export DATABASE_URL = $(TEST_DATABASE_URL)
bench: $(VENV)/development  ## measure against the table of docs/benchmarks.md; ARGS are passed on
	@$(BIN)/python -m benchmarks.run $(ARGS)

.PHONY: reliability
reliability: $(VENV)/development  ## kill every part in the middle of the work, look everything over; ARGS are passed on
	@$(BIN)/python -m reliability.run $(ARGS)

ifneq ($(wildcard tests/test_walk.py),)
.PHONY: walk
walk: $(VENV)/development  ## 10,000 random steps of every role through the state machine
	@WALK_STEPS=10000 WALK_PARTS=2 DATABASE_URL= REDIS_URL= $(BIN)/python -m pytest -n 2 --dist load tests/test_walk.py
endif

.PHONY: crowd
crowd: export DATABASE_URL = $(TEST_DATABASE_URL)
crowd: export REDIS_URL = $(TEST_REDIS_URL)
crowd: $(VENV)/development  ## 1,000 pairs of acts at one moment on PostgreSQL, about ten minutes
	@CROWD_STEPS=$${CROWD_STEPS:-1000} $(BIN)/python -m pytest -rfEs tests/test_crowd.py

.PHONY: drill
drill: export DEBUG ?= $(if $(DATABASE_URL),0,1)
drill: $(VENV)/runtime  ## back up, restore beside it, check everything; FILE=… takes a backup that is there
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && file="$(FILE)" && \
		{ [ -n "$$file" ] || { file="$$folder/drill.backup" && $(BIN)/python manage.py backup --verbosity 0 "$$file"; }; } && \
		$(BIN)/python manage.py restore_drill "$$file"

.PHONY: docs
docs: $(VENV)/development  ## write the pages of docs/ that follow from the code
	@$(BIN)/python -m tools.generated_docs

PIN := pip-compile --quiet --generate-hashes --strip-extras --no-header \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links
.PHONY: requirements
requirements: $(VENV)/development  ## pin what the two .in files ask for; UP="--upgrade" takes newer versions
	@$(BIN)/pip install --quiet pip-tools==7.6.2
	@$(BIN)/$(PIN) $(UP) requirements.in
	@$(BIN)/$(PIN) $(UP) requirements-dev.in

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "需要Python 3.11或更新的版本，这里的是：$$($(PYTHON) --version 2>&1)。装好后再试，或写明用哪一个：make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "建不了虚拟环境，多半缺python3-venv。Debian或Ubuntu上：sudo apt install python3-venv"; exit 1; }

$(VENV)/runtime: requirements.txt | $(BIN)/python
	@echo "装运行要用的软件包，头一次要一两分钟。"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/development: requirements-dev.txt $(VENV)/runtime
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
