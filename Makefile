# Works with GNU Make 3.81, which is what macOS ships. `make` alone lists the targets.

PYTHON ?= python3
VENV ?= .venv
HOST = 127.0.0.1
PORT = 8000

BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# By exact version and before everything else: only this keeps pip from choosing another build later.
TORCH := $(shell grep '^torch==' constraints.txt)

export NO_MKDOCS_2_WARNING := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help install serve site zip test lint lock bench bench-capstones bench-drill lighthouse clean

help: ## list the targets
	@echo "make TARGET [PYTHON=python3.13] [HOST=127.0.0.1] [PORT=8000]"
	@echo
	@grep -E '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | awk -F ':.*## ' '{ printf "  %-15s %s\n", $$1, $$2 }'

install: $(STAMP) ## make .venv and install everything into it (at once when nothing changed)

# TORCH_INDEX, when set, is the index of PyTorch's wheels without CUDA: on Linux the default ones weigh gigabytes.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11, 5))' || \
		{ echo "Ground Up needs Python 3.11.5 or newer; $(PYTHON) is not. Choose one: make PYTHON=python3.13"; exit 1; }
	@echo "== Installing into $(VENV) (some minutes the first time)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --upgrade pip
	$(BIN)/python -m pip install --quiet --no-deps $(if $(TORCH_INDEX),--index-url "$(TORCH_INDEX)") $(TORCH)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[book,test]'
	@touch $@

serve: install ## show the book at http://HOST:PORT/ and follow what you change
	$(BIN)/mkdocs serve --dev-addr $(HOST):$(PORT)

site: install ## build the book into site/
	$(BIN)/mkdocs build --strict

# FILE chooses another place.
zip: install ## build the book into ground-up-offline.zip, to read without a network
	$(BIN)/book zip $(FILE)

test: lint ## every check that CI runs
	@echo "== Tests"
	$(BIN)/pytest -n auto
	@echo "== Book"
	$(BIN)/book check
	@echo "== Drills"
	$(BIN)/drill author check

lint: install ## style, format and types
	@echo "== Style"
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	@echo "== Types"
	$(BIN)/mypy

lock: install ## accept the outputs of every program as they are now
	$(BIN)/book lock

bench: install ## how fast the book builds and reloads, against stock tools (ARGS="--pages 20 --repeat 3")
	$(BIN)/python tests/bench/bench_build.py $(ARGS)

bench-capstones: install ## how fast the capstones train, and the GPT against a plain nanoGPT (ARGS="--only gpt --repeat 5")
	$(BIN)/python tests/bench/bench_capstones.py $(ARGS)

bench-drill: install ## how fast drill answers, against a cold pytest (ARGS="--repeat 10 --only softmax")
	$(BIN)/python tests/bench/bench_drill.py $(ARGS)

lighthouse: install ## Lighthouse's marks for the built site (needs Node.js and Chromium; ARGS="part-1/04-similarity/")
	$(BIN)/python tests/bench/bench_lighthouse.py $(ARGS)

clean: ## remove everything that was built or installed here
	rm -rf $(VENV) site .cache ground-up-offline.zip build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find src tests snippets -name __pycache__ -type d -prune -exec rm -rf {} +
