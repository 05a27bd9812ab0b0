# Hallyu Studio. `make` alone lists what can be made.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help env learn test book apps grade bench

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# The environment is made anew only when what it is made from has changed.
MADE := .venv/.made-$(shell cat requirements.lock pyproject.toml | cksum | cut -d' ' -f1)

help:  ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## /\1|/' | awk -F'|' '{printf "make %-7s %s\n", $$1, $$2}'

env: $(MADE)  ## the Python environment .venv, from requirements.lock
	@$(BIN)/python -m hallyu.courseware.system draw

learn: env  ## prepare your workspace and open the course in JupyterLab
	@$(BIN)/hallyu learn

test: env  ## check the code and run every test
	@$(BIN)/python -m hallyu.courseware.system draw browse postgres stream
	$(BIN)/ruff check
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

book: env  ## build the book into book/_build/html
	$(BIN)/hallyu book

apps: env  ## serve every module's app under one address
	$(BIN)/hallyu apps

grade: env  ## grade what was submitted, in sandboxes, with feedback and grades.csv (ASSIGNMENT=webtoon-episode)
	cd grading && PATH="$(CURDIR)/$(BIN):$$PATH" && hallyu grade $(ASSIGNMENT) --feedback && nbgrader export
ASSIGNMENT ?= webtoon-episode

bench: env  ## print what was measured: judge, panel seconds, music, film, OTT, lesson times, grading
	$(BIN)/python benchmarks/run.py

# An unfinished .venv (a run that was stopped) may hold half a package: it is thrown away, never repaired.
$(MADE):
	@test -n "$(PYTHON)" || { echo "Python 3.11 was not found: install it, then run make again."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	  || { echo "$(PYTHON) is not Python 3.11, 3.12 or 3.13: run make PYTHON=/path/to/python3.11"; exit 1; }
	@test ! -e .venv/.unfinished || rm -rf .venv
	mkdir -p .venv && rm -f .venv/.made-* && touch .venv/.unfinished
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -r requirements.lock
	$(BIN)/python -m pip install --no-deps --no-build-isolation -e .
	$(BIN)/python -m pip check
	$(BIN)/python -c 'import pymatting'  # compiles itself the first time, for a minute
	@mv .venv/.unfinished $@
