#!/bin/sh
# Prints a Python (3.9 or newer, able to make a virtual environment) that really runs here.
# A name on PATH is not enough: a version manager's shim may stand there and fail.

usable() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 9))' >/dev/null 2>&1
}

for name in "${TRATO_PYTHON:-}" python3.12 python3.13 python3 python python3.14 python3.11 python3.10 \
    /usr/local/bin/python3 /usr/bin/python3 \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1*/bin/python3; do
    if [ -n "$name" ] && usable "$name"; then
        command -v "$name"
        exit 0
    fi
done

echo "No usable Python was found. Install Python 3.12 with its venv module, then run this again." >&2
echo "  Debian, Ubuntu:  apt install python3 python3-venv" >&2
echo "  macOS:           brew install python@3.12" >&2
echo "  elsewhere:       https://www.python.org/downloads/ (or set TRATO_PYTHON to one that you have)" >&2
exit 1
