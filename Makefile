# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Only relative paths are used, so the repository may be in a folder whose name has spaces.

HOST ?= 127.0.0.1
PORT ?= 8000
# What pytest gets besides: make test ARGS="-k unread -x"
ARGS ?=
# Test processes: "auto" is one a core, 0 is none beside pytest's own.
# A browser test takes a hundred times as long as another: who is done first takes over from the other.
WORKERS ?= auto
# For "make lock": UPGRADE=--upgrade moves every version, "UPGRADE=--upgrade-package fastapi" one.
UPGRADE ?=
UV_VERSION = 0.13.9

PYTHON_IN_VENV = .venv/bin/python
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help kernel serve test check bench pictures messages lock clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name what; do \
		printf '  make %-8s %s\n' "$$name" "$$what"; done

kernel: .venv/.runtime ## install the source of this machine's kernel (Debian, Ubuntu), import it, say the address
	@sh tools/kernel.sh

serve: .venv/.runtime ## set up what is missing, and serve on $(HOST):$(PORT)
	@exec .venv/bin/walkthrough serve --host $(HOST) --port $(PORT)

test: .venv/.dev ## set up what is missing, and run all tests
	@sh tools/setup.sh system
	@$(PYTHON_IN_VENV) -m pytest --numprocesses $(WORKERS) --maxprocesses 4 --dist worksteal $(ARGS)

check: .venv/.dev .venv/.licence ## format, lint, check types and licences, run all tests
	@$(PYTHON_IN_VENV) -m ruff format .
	@$(PYTHON_IN_VENV) -m ruff check .
	@$(PYTHON_IN_VENV) -m mypy
	@.venv/bin/reuse lint --lines
	@sh tools/javascript.sh
	@$(MAKE) --no-print-directory test

bench: .venv/.dev ## measure traces, pages, start-up and bytes on the wire
	@$(PYTHON_IN_VENV) -m benchmarks $(ARGS)

pictures: .venv/.dev ## contact sheets of every page in pictures/, to look at
	@$(PYTHON_IN_VENV) -m tools.pictures $(ARGS)

messages: .venv/.dev ## collect the interface's texts into app/locale/, and list what is to be translated
	@$(PYTHON_IN_VENV) -m tools.messages

lock: .venv/.dev ## write requirements/*.txt from pyproject.toml
	@$(PYTHON_IN_VENV) -m pip -qq install uv==$(UV_VERSION)
	@sh tools/lock.sh .venv/bin/uv $(UPGRADE)

clean: ## remove .venv and everything that tools leave behind
	rm -rf .venv build dist pictures tools/javascript/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis .schemathesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# One .venv, a stamp for each lock that was installed: set-up runs again only when that lock changes.
.venv/.runtime: requirements/runtime.txt
	@sh tools/setup.sh runtime

.venv/.dev: requirements/dev.txt
	@sh tools/setup.sh dev

.venv/.licence: requirements/licence.txt .venv/.dev
	@sh tools/setup.sh licence
