# What a person types here. Needs make and a Python only: see scripts/setup.py.

.DEFAULT_GOAL := help
.PHONY: help setup setup-voice run test check train bench fuzz clean \
	check-format check-lint check-types check-imports check-spelling

BIN := .venv/bin
ARGS ?=
export RASA_TELEMETRY_ENABLED := false

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*  ## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "  make %-12s %s\n", $$1, $$2 }'

setup:  ## make both environments; nothing to do where nothing changed
	@python="$$(sh scripts/find_python.sh)" && "$$python" scripts/setup.py

setup-voice: setup  ## add what listens to voice notes, with its weights (450 MB)
	@$(BIN)/python scripts/setup.py --voice

run: setup  ## start everything, with a sample portfolio where there is none yet
	@$(BIN)/trato up --sample $(ARGS)

train: setup  ## train the model where the data or the pipeline changed
	@$(BIN)/trato train $(ARGS)

nlu: setup train  ## measure how well messages are understood; writes docs/nlu.md
	@PYTHONPATH=rasa_server PYTHONWARNINGS=ignore rasa_server/.venv/bin/python -m trato_rasa.evaluation $(ARGS)

test: setup train  ## all tests; ARGS="tests/unit -k money" for some
	@sh scripts/test.sh $(ARGS)

check: setup  ## format, lint, types, imports, spelling
	@$(MAKE) --no-print-directory --keep-going check-format check-lint check-types check-imports check-spelling

check-format:
	@echo "[check] format" && $(BIN)/ruff format --check --quiet .

check-lint:
	@echo "[check] lint" && $(BIN)/ruff check --quiet .

check-types:
	@echo "[check] types" && $(BIN)/mypy

check-imports:
	@echo "[check] imports" && $(BIN)/lint-imports

check-spelling:
	@echo "[check] spelling" && $(BIN)/codespell bot actions scripts docs Makefile $(wildcard *.md)

bench: setup train  ## measure speed and memory beside a stock Rasa; ARGS="--seconds 15" for a quick look
	@$(BIN)/python -m bench.turns $(ARGS)

crash: setup train  ## kill every process amid 200 dialogues; ARGS="--dialogues 24 --kill rasa,web"
	@$(BIN)/python -m tests.crash $(ARGS)

fuzz: setup  ## random dialogues against the rules; ARGS="--turns 100000 --seed 1"
	@$(BIN)/python -m tests.fuzz $(ARGS)

rules: setup  ## write docs/rules.md from the code and the tests
	@$(BIN)/python -m scripts.rules_page

clean:  ## remove what can be made again: environments, models, caches; data under .trato stays
	@rm -rf .venv rasa_server/.venv .trato/tools .rasa models/*.tar.gz build dist *.egg-info
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
