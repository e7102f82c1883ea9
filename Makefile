# Everything that is done with this project, each by one command. `make` alone lists them.
# Needs Python 3.11 or newer, git and make; all else is installed into .venv, pinned by the hashes in requirements/.

VENV := .venv
BIN := $(VENV)/bin
BENCH_VENV := .venv-bench
FUZZ_VENV := .venv-fuzz
DEMO := build/demo

# The first Python that is new enough and can make virtual environments. Trying to run it is the test: a version manager
# may put a name on the PATH that then says "not installed".
PYTHONS := python3.13 python3.12 python3.11 python3
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in $(PYTHONS); do \
	"$$python" -c '$(NEW_ENOUGH)' 2>/dev/null && "$$python" -c 'import ensurepip, venv' 2>/dev/null \
	&& { echo "$$python"; break; }; done)

PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes -r
COMPILE := $(BIN)/uv pip compile --quiet $(UPGRADE) --universal --generate-hashes --python-version 3.11 --no-header \
	--no-annotate

.DEFAULT_GOAL := help
.PHONY: help setup demo docs pictures test test-long bench fuzz lock clean

help:  ## show this list
	@echo "Mintage. What make can do:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "  make %-10s %s\n", $$1, $$2 }'

setup: $(VENV)/dev.stamp  ## install mintage and everything for working on it into .venv

demo: $(VENV)/run.stamp  ## mint a project of over 1,000 files from examples/atlas into build/demo
	@rm -rf $(DEMO)
	@mkdir -p $(dir $(DEMO))
	@echo '$$ $(BIN)/mintage new examples/atlas $(DEMO) --defaults'
	@$(BIN)/mintage new examples/atlas $(DEMO) --defaults
	@echo "$(DEMO) has $$(find $(DEMO) -type f | wc -l | tr -d ' ') files"

docs: $(VENV)/dev.stamp  ## make the documentation's site in build/site (ARGS=--pictures draws its pictures anew)
	@$(BIN)/python -m docs.site $(ARGS)

test: $(VENV)/dev.stamp  ## run all checks and tests (a few minutes)
	@echo "== ruff check: mistakes in the code"
	@$(BIN)/ruff check
	@echo "== ruff format: its layout"
	@$(BIN)/ruff format --check
	@echo "== mypy: types, strictly"
	@$(BIN)/mypy
	@echo "== lint-imports: who may import whom"
	@$(BIN)/lint-imports
	@echo "== pytest: behaviour"
	@$(BIN)/pytest -n 2 -q -m "not slow"
	@echo "== pytest: forked workers, which need a process with one thread"
	@$(BIN)/pytest -q -m "not slow" -p no:xdist -p no:faulthandler tests/engine/test_processes.py tests/engine/test_ending_early.py

test-long: $(VENV)/dev.stamp  ## run the long sweeps that `make test` leaves out (an hour or two)
	@$(BIN)/pytest -m slow -p no:xdist -p no:faulthandler

bench: $(VENV)/run.stamp $(BENCH_VENV)/others.stamp  ## measure speed and memory, write docs/benchmarks.* (ARGS="--quick")
	@echo "Installing mintage as its users do into $(BENCH_VENV)/mintage"
	@test -x $(BENCH_VENV)/mintage/bin/python || $(BIN)/python -m venv $(BENCH_VENV)/mintage
	@$(BENCH_VENV)/mintage/bin/python $(PIP_INSTALL) requirements/run.txt
	@$(BENCH_VENV)/mintage/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--no-build-isolation --force-reinstall .
	@$(BIN)/python -m benchmarks $(ARGS)

pictures: $(VENV)/dev.stamp  ## draw the terminal again for the docs, into docs/pictures
	@$(BIN)/python -m docs.make_pictures

fuzz: $(FUZZ_VENV)/fuzz.stamp  ## look for inputs that break something, guided by coverage (ARGS="--runs 100000 archive")
	@PYTHONPATH=src $(FUZZ_VENV)/bin/python -m fuzz $(ARGS)

lock: $(VENV)/run.stamp  ## pin the dependencies again after a change in pyproject.toml (UPGRADE=--upgrade: newest)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(COMPILE) pyproject.toml --group build --output-file requirements/run.txt
	$(COMPILE) pyproject.toml --group build --group dev --constraint requirements/run.txt \
		--output-file requirements/dev.txt
	$(COMPILE) pyproject.toml --group fuzz --constraint requirements/run.txt --output-file requirements/fuzz.txt
	$(COMPILE) --group bench --constraint requirements/run.txt --output-file requirements/bench.txt

clean:  ## remove the environments, caches and everything that was built
	rm -rf $(VENV) $(BENCH_VENV) $(FUZZ_VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is newer than what was installed: a second run finds it and starts at once.

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/run.stamp
	@echo "Installing what the checks and tests need"
	@$(BIN)/python $(PIP_INSTALL) requirements/dev.txt
	@touch $@

$(VENV)/run.stamp: requirements/run.txt pyproject.toml $(BIN)/python
	@echo "Installing mintage and its dependencies into $(VENV)"
	@$(BIN)/python $(PIP_INSTALL) requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(BENCH_VENV)/others.stamp: requirements/bench.txt $(BENCH_VENV)/others/bin/python
	@echo "Installing what we are measured against into $(BENCH_VENV)/others"
	@$(BENCH_VENV)/others/bin/python $(PIP_INSTALL) requirements/bench.txt
	@touch $@

$(FUZZ_VENV)/fuzz.stamp: requirements/fuzz.txt $(FUZZ_VENV)/bin/python
	@echo "Installing what fuzzing needs into $(FUZZ_VENV)"
	@$(FUZZ_VENV)/bin/python $(PIP_INSTALL) requirements/fuzz.txt --only-binary atheris || { \
		echo "atheris could not be installed for $$($(FUZZ_VENV)/bin/python --version). If there is no package of it for" \
			"that: it has some for Python 3.11 to 3.14 on Linux. Name another one: make fuzz PYTHON=/path/to/python" >&2; \
		rm -rf $(FUZZ_VENV); exit 1; }
	@touch $@

$(VENV)/bin/python $(BENCH_VENV)/others/bin/python $(FUZZ_VENV)/bin/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "No usable Python found. Mintage needs Python 3.11 or newer, with the modules venv and ensurepip." >&2; \
		for python in $(PYTHONS); do \
			"$$python" -c '$(NEW_ENOUGH)' 2>/dev/null && echo "$$python is new enough but has no ensurepip:" \
				"on Debian and Ubuntu, install the package python3-venv." >&2 && break; \
		done; \
		echo "Tried: $(PYTHONS). Another one can be named: make PYTHON=/path/to/python" >&2; \
		exit 1; \
	fi
	@"$(PYTHON)" -c '$(NEW_ENOUGH)' || { echo "$(PYTHON) is older than Python 3.11" >&2; exit 1; }
	@folder=$(patsubst %/bin/python,%,$@); echo "Making $$folder with $(PYTHON)"; \
		"$(PYTHON)" -m venv --clear "$$folder" || { rm -rf "$$folder"; exit 1; }
