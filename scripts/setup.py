"""Makes both environments: the product's (.venv, Python 3.12 or newer) and Rasa's (rasa_server/.venv, Python 3.10).

Runs before any environment exists, so it uses the standard library alone and works on Python 3.9 and newer.
Run again, it does nothing unless a requirement file changed: an environment keeps the digest of what it was made from.
"""

# ruff: noqa: S603 - the commands are our own

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, NoReturn

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".trato" / "tools"
STAMP = ".trato-stamp"
VOICE_STAMP = ".trato-voice"
TRIES = 3  # a download may break off

VOICE = ROOT / "requirements" / "voice.txt"  # everything of the product, and what listens to voice notes

Version = tuple[int, int]


class Environment(NamedTuple):
    """An environment to make: where, from what, and on which Python."""

    title: str
    folder: Path
    requirements: Path
    oldest: Version
    newest: Version
    wanted: str  # what uv is asked to fetch where no Python fits
    override: str  # the setting that names a Python
    project: Path | None  # installed in place, without its dependencies


PRODUCT = Environment(
    "product environment",
    ROOT / ".venv",
    ROOT / os.environ.get("TRATO_REQUIREMENTS", "requirements/dev.txt"),
    (3, 12),
    (3, 14),
    "3.12",
    "TRATO_PYTHON",
    ROOT,
)
RASA = Environment(
    "Rasa environment",
    ROOT / "rasa_server" / ".venv",
    ROOT / "rasa_server" / "requirements.txt",
    (3, 10),
    (3, 10),
    "3.10",
    "TRATO_RASA_PYTHON",
    None,
)


def main() -> None:
    environments = [PRODUCT, RASA]
    stale = [environment for environment in environments if not up_to_date(environment)]
    if "--check" in sys.argv[1:]:
        sys.exit(f"out of date: {', '.join(environment.title for environment in stale)}" if stale else 0)
    with_voice = "--voice" in sys.argv[1:] or voice_stamp().exists()  # once chosen, it stays
    for number, environment in enumerate(environments, start=1):
        step = f"[{number}/{len(environments)}] {environment.title}"
        if environment not in stale:
            if stale:
                say(f"{step}: up to date")
            continue
        say(f"{step}: installing {environment.requirements.relative_to(ROOT)} …")
        make(environment, find_uv())
        say(f"{step}: ready")
    if with_voice and not (voice_stamp().exists() and voice_stamp().read_text() == digest_of(VOICE)):
        add_voice(find_uv())


def up_to_date(environment: Environment) -> bool:
    stamp = environment.folder / STAMP
    return python_in(environment).exists() and stamp.exists() and stamp.read_text() == digest(environment)


def digest(environment: Environment) -> str:
    """What an environment is made from; a change of it makes the environment stale."""
    found = hashlib.sha256(environment.requirements.read_bytes())
    if environment.project is not None:
        found.update((environment.project / "pyproject.toml").read_bytes())
    return found.hexdigest()


def make(environment: Environment, uv: str) -> None:
    if not python_runs(environment):
        python = find_python(environment, uv)
        run([uv, "venv", "--quiet", "--clear", "--python", python, str(environment.folder)])
    (environment.folder / STAMP).unlink(missing_ok=True)
    (environment.folder / VOICE_STAMP).unlink(missing_ok=True)  # what follows takes its packages away
    python = str(python_in(environment))
    sync = [uv, "pip", "sync", "--python", python, "--require-hashes", str(environment.requirements)]
    run(sync + ([] if sys.stderr.isatty() else ["--quiet"]))
    if environment.project is not None:
        project = str(environment.project)
        run([uv, "pip", "install", "--quiet", "--python", python, "--no-deps", "-e", project])
    (environment.folder / STAMP).write_text(digest(environment))


def voice_stamp() -> Path:
    return PRODUCT.folder / VOICE_STAMP


def digest_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def add_voice(uv: str) -> None:
    """Beside what is there: the packages that listen to voice notes, and their weights (about 450 MB)."""
    say(f"product environment: adding {VOICE.relative_to(ROOT)} …")
    python = str(python_in(PRODUCT))
    install = [uv, "pip", "install", "--python", python, "--require-hashes", "--requirement", str(VOICE)]
    run(install + ([] if sys.stderr.isatty() else ["--quiet"]))
    voice_stamp().write_text(digest_of(VOICE))


def python_in(environment: Environment) -> Path:
    return environment.folder / "bin" / "python"


def python_runs(environment: Environment) -> bool:
    """Whether the environment stands, on a Python that fits and still runs."""
    return python_in(environment).exists() and fits(str(python_in(environment)), environment) is not None


def find_python(environment: Environment, uv: str) -> str:
    """A Python that fits: the one that a setting names, one that is here, or one that uv fetches."""
    named = os.environ.get(environment.override)
    if named and fits(named, environment):
        return named
    for candidate in candidates(environment):
        path = fits(candidate, environment)
        if path is not None:
            return path
    say(f"      no Python {environment.wanted} here, fetching one …")
    fetched = succeeds([uv, "python", "install", "--quiet", environment.wanted])
    found = quietly([uv, "python", "find", "--no-project", environment.wanted])
    if fetched and found:
        return found
    return stop(
        f"The {environment.title} needs Python {environment.wanted}, which is not here and could not be downloaded.\n"
        "Install it and run this again:\n"
        f"  with pyenv:      pyenv install {environment.wanted}\n"
        f"  Debian, Ubuntu:  apt install python{environment.wanted} python{environment.wanted}-venv\n"
        "                   (where the release does not have it: the deadsnakes archive does)\n"
        f"  macOS:           brew install python@{environment.wanted}\n"
        f"or set {environment.override} to the path of one that you have."
    )


def candidates(environment: Environment) -> Iterator[str]:
    """Where a Python that fits may stand; the oldest version that fits first, as that is what is tested most."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    for minor in range(environment.oldest[1], environment.newest[1] + 1):
        name = f"python3.{minor}"
        for folder in os.get_exec_path():
            yield str(Path(folder) / name)
        yield from (f"/usr/local/bin/{name}", f"/usr/bin/{name}")
        yield from map(str, sorted(pyenv.glob(f"versions/3.{minor}.*/bin/python"), reverse=True))
    yield sys.executable
    for name in ("python3", "python"):
        for folder in os.get_exec_path():
            yield str(Path(folder) / name)


def fits(python: str, environment: Environment) -> str | None:
    """The real path of a Python that runs and has a version that fits, else None."""
    if os.sep in python and not os.access(python, os.X_OK):
        return None
    code = "import sys; print(sys.version_info[0], sys.version_info[1], sys.executable)"
    answer = quietly([python, "-c", code])
    if answer is None:
        return None
    major, minor, path = answer.split(" ", 2)
    return path if environment.oldest <= (int(major), int(minor)) <= environment.newest else None


def find_uv() -> str:
    """A uv that works: on PATH, else in our own tools environment, made where it is absent."""
    for folder in os.get_exec_path():
        path = str(Path(folder) / "uv")
        if os.access(path, os.X_OK) and quietly([path, "--version"]) is not None:
            return path
    own = TOOLS / "bin" / "uv"
    if quietly([str(own), "--version"]) is None:
        say("      fetching the installer (uv) …")
        shutil.rmtree(str(TOOLS), ignore_errors=True)
        venv.create(str(TOOLS), with_pip=True)
        pip = [str(TOOLS / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"]
        run(pip)
    return str(own)


def quietly(command: list[str]) -> str | None:
    """What a command prints, or None where it fails."""
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=30,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def run(command: list[str]) -> None:
    if not succeeds(command):
        stop(
            f"This command failed:\n  {' '.join(command)}\n"
            "Is the package index reachable, and is there room on the disk?"
        )


def succeeds(command: list[str]) -> bool:
    """Whether a command did what it should, within a few tries."""
    for number in range(TRIES):
        if number:
            say("      that failed, trying again …")
        if subprocess.run(command, cwd=ROOT, env=environment_for(number), check=False).returncode == 0:
            return True
    return False


def environment_for(number: int) -> dict[str, str]:
    """The environment of a try, from 0. From the second on uv trusts what the system trusts, a company's proxy too."""
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    environment.setdefault("UV_HTTP_TIMEOUT", "120")
    environment.setdefault("UV_LINK_MODE", "hardlink" if same_disk() else "copy")
    if environment.get("PIP_CERT"):
        environment.setdefault("SSL_CERT_FILE", environment["PIP_CERT"])
    if number:
        environment.setdefault("UV_SYSTEM_CERTS", "true")
        environment.setdefault("UV_NATIVE_TLS", "true")  # the same, for an older uv
    return environment


def same_disk() -> bool:
    """Whether uv can link from its cache, which it else warns about at length."""
    cache = Path(os.environ.get("UV_CACHE_DIR", str(Path.home() / ".cache")))
    return cache.exists() and cache.stat().st_dev == ROOT.stat().st_dev


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def stop(text: str) -> NoReturn:
    sys.stderr.write("\n" + text + "\n")
    sys.exit(1)


if __name__ == "__main__":
    main()
