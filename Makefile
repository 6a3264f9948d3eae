# The verbs: make run, make test, make check, make evaluate. `make help` lists them all.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=
# A process for each core, four at most: each loads the models. `make test PARALLEL=` runs one.
PARALLEL ?= -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help run test test-numeric test-all check evaluate peers wheels sbom clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.app ## set up, index corpus/, serve the chat page on 127.0.0.1:7860
	$(BIN)/qa-bot serve $(ARGS)

test: $(VENV)/.dev ## set up and run the fast tests
	$(BIN)/python -m pytest -m "not slow" $(PARALLEL) $(ARGS)

# Another processor is had by masking this one's features; without them bf16 is imitated.
MASKED := ATEN_CPU_CAPABILITY=default ONEDNN_MAX_CPU_ISA=SSE41
NUMERIC := $(BIN)/python -m pytest -m "numeric and not slow" $(PARALLEL) $(ARGS)
test-numeric: $(VENV)/.dev ## what computes, in fp32 and bf16, as an old processor does and as yours does
	QA_BOT_PRECISION=fp32 $(MASKED) $(NUMERIC)
	QA_BOT_PRECISION=bf16 $(MASKED) $(NUMERIC)
	QA_BOT_PRECISION=bf16 $(NUMERIC)

test-all: $(VENV)/.dev ## every test, the slow ones included
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.dev ## lint, format and types, as CI does
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

evaluate: $(VENV)/.app ## measure accuracy on eval/
	$(BIN)/qa-bot evaluate $(ARGS)

peers: $(VENV)/.app ## measure it beside other libraries, hours; ARGS="setup weights" only gets ready
	$(BIN)/python -m benchmarks.peers $(ARGS)

wheels: $(VENV)/.app ## every wheel the bot needs, into wheels/, to install without a network
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check -c constraints.txt -w wheels ".[web,auth,onnx]"

sbom: $(VENV)/.app ## a bill of materials of all that is installed, into sbom.json
	$(PYTHON) -m venv $(VENV)/sbom
	$(VENV)/sbom/bin/python -m pip install --quiet --disable-pip-version-check cyclonedx-bom==7.5.0
	$(VENV)/sbom/bin/cyclonedx-py environment $(BIN)/python --pyproject pyproject.toml --of JSON -o sbom.json

clean: ## remove the environment, the index and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist index/v* index/CURRENT

# The environment is made again when what it is made from changes.
$(VENV)/.app: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; this is $$($(PYTHON) --version). Try: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV) || { echo "On Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing (about a minute, once) …"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[web,auth]"
	@touch $@

$(VENV)/.dev: $(VENV)/.app training/pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]" -e training
	@touch $@
