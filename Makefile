# One command for each thing to do with this project. `make` alone lists them.
# You need Python 3.11 or newer, git and make. Everything else is installed into .venv, pinned by the hashes in requirements/.

VENV := .venv
BIN := $(VENV)/bin
BENCH_VENV := .venv-bench
FUZZ_VENV := .venv-fuzz
DEMO := build/demo

# The first Python that is new enough and can create virtual environments. Each is tried out, because a version manager may
# put a name on the PATH that then says "not installed".
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

help:  ## list these commands
	@echo "Usage: make COMMAND"; echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "  make %-10s %s\n", $$1, $$2 }'

setup: $(VENV)/dev.stamp  ## install Mintage and everything for working on it into .venv

demo: $(VENV)/run.stamp  ## generate a project of over 1,000 files into build/demo
	@rm -rf $(DEMO)
	@mkdir -p $(dir $(DEMO))
	@echo '$$ $(BIN)/mintage new examples/atlas $(DEMO) --defaults'
	@$(BIN)/mintage new examples/atlas $(DEMO) --defaults
	@echo "$(DEMO) has $$(find $(DEMO) -type f | wc -l | tr -d ' ') files"

docs: $(VENV)/dev.stamp  ## build the documentation in build/site (ARGS=--pictures draws its diagrams again)
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

test-long: $(VENV)/dev.stamp  ## run the long tests that `make test` leaves out (an hour or two)
	@$(BIN)/pytest -m slow -p no:xdist -p no:faulthandler

bench: $(VENV)/run.stamp $(BENCH_VENV)/others.stamp  ## measure speed and memory, and write docs/benchmarks.* (ARGS=--quick)
	@echo "Installing Mintage into $(BENCH_VENV)/mintage"
	@test -x $(BENCH_VENV)/mintage/bin/python || $(BIN)/python -m venv $(BENCH_VENV)/mintage
	@$(BENCH_VENV)/mintage/bin/python $(PIP_INSTALL) requirements/run.txt
	@$(BENCH_VENV)/mintage/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--no-build-isolation --force-reinstall .
	@$(BIN)/python -m benchmarks $(ARGS)

pictures: $(VENV)/dev.stamp  ## draw the terminal again in docs/pictures
	@$(BIN)/python -m docs.make_pictures

fuzz: $(FUZZ_VENV)/fuzz.stamp  ## look for inputs that break something (ARGS="--runs 100000 archive")
	@PYTHONPATH=src $(FUZZ_VENV)/bin/python -m fuzz $(ARGS)

lock: $(VENV)/run.stamp  ## pin the dependencies after a change in pyproject.toml (UPGRADE=--upgrade for the newest)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(COMPILE) pyproject.toml --group build --output-file requirements/run.txt
	$(COMPILE) pyproject.toml --group build --group dev --constraint requirements/run.txt \
		--output-file requirements/dev.txt
	$(COMPILE) pyproject.toml --group fuzz --constraint requirements/run.txt --output-file requirements/fuzz.txt
	$(COMPILE) --group bench --constraint requirements/run.txt --output-file requirements/bench.txt

clean:  ## remove environments, caches and everything that was built
	rm -rf $(VENV) $(BENCH_VENV) $(FUZZ_VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is newer than what was installed, so that the next run starts at once.

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/run.stamp
	@echo "Installing the tools for checks and tests"
	@$(BIN)/python $(PIP_INSTALL) requirements/dev.txt
	@touch $@

$(VENV)/run.stamp: requirements/run.txt pyproject.toml $(BIN)/python
	@echo "Installing Mintage and its dependencies into $(VENV)"
	@$(BIN)/python $(PIP_INSTALL) requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(BENCH_VENV)/others.stamp: requirements/bench.txt $(BENCH_VENV)/others/bin/python
	@echo "Installing the tools to compare with into $(BENCH_VENV)/others"
	@$(BENCH_VENV)/others/bin/python $(PIP_INSTALL) requirements/bench.txt
	@touch $@

$(FUZZ_VENV)/fuzz.stamp: requirements/fuzz.txt $(FUZZ_VENV)/bin/python
	@echo "Installing the tools for fuzzing into $(FUZZ_VENV)"
	@$(FUZZ_VENV)/bin/python $(PIP_INSTALL) requirements/fuzz.txt --only-binary atheris || { \
		echo "atheris could not be installed for $$($(FUZZ_VENV)/bin/python --version). It has packages for Python 3.11 to" \
			"3.14 on Linux. To use another Python: make fuzz PYTHON=/path/to/python" >&2; \
		rm -rf $(FUZZ_VENV); exit 1; }
	@touch $@

$(VENV)/bin/python $(BENCH_VENV)/others/bin/python $(FUZZ_VENV)/bin/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "No usable Python was found. You need Python 3.11 or newer, with the modules venv and ensurepip." >&2; \
		for python in $(PYTHONS); do \
			"$$python" -c '$(NEW_ENOUGH)' 2>/dev/null && echo "$$python is new enough, but doesn't have ensurepip." \
				"On Debian and Ubuntu, install the package python3-venv." >&2 && break; \
		done; \
		echo "Tried $(PYTHONS). To use another one: make PYTHON=/path/to/python" >&2; \
		exit 1; \
	fi
	@"$(PYTHON)" -c '$(NEW_ENOUGH)' || { echo "$(PYTHON) is older than Python 3.11" >&2; exit 1; }
	@folder=$(patsubst %/bin/python,%,$@); echo "Creating $$folder with $(PYTHON)"; \
		"$(PYTHON)" -m venv --clear "$$folder" || { rm -rf "$$folder"; exit 1; }
