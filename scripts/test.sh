#!/bin/sh
# Both test suites: Rasa's side on Python 3.10, then the product's, whose closing line comes last.
# What is given is handed on to the product's pytest.

failed=0
if ls tests/rasa_server/test_*.py >/dev/null 2>&1; then
    echo "[test] Rasa's side"
    rasa_server/.venv/bin/python -m pytest -c rasa_server/pyproject.toml tests/rasa_server || failed=$?
fi
echo "[test] the product"
.venv/bin/python -m pytest --ignore=tests/rasa_server "$@" || failed=$?
exit "$failed"
