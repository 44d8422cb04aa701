"""The one database: engine, migrations, readiness."""

from __future__ import annotations

from pathlib import Path

import procrastinate
import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from procrastinate.schema import SchemaManager
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 7_215_001  # any number, the same in every process


def sqlalchemy_url(url: str) -> str:
    """The URL with psycopg 3 as its driver, whatever was written."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def plain_url(url: str) -> str:
    """The URL as libpq and psycopg read it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def make_engine(url: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine whose connections are checked before use, so that a restarted PostgreSQL costs no message."""
    return create_async_engine(
        sqlalchemy_url(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        hide_parameters=True,  # an error in the log tells no text and no document
        pool_recycle=1800,
        connect_args={"application_name": "trato", "connect_timeout": 5},
    )


def migrate(url: str) -> list[str]:
    """Bring the schema to the newest revision; several processes may try at once. Returns the revisions applied."""
    engine = create_engine(sqlalchemy_url(url))
    with engine.connect() as guard:
        guard.execute(text("select pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        try:
            before = _current(url)
            _apply_queue_schema(url)
            command.upgrade(_config(url), "head")
            after = _current(url)
        finally:
            guard.execute(text("select pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
    engine.dispose()
    return [] if before == after else [after or ""]


def is_migrated(url: str) -> bool:
    """Whether the schema stands at the newest revision."""
    return _current(url) == ScriptDirectory.from_config(_config(url)).get_current_head()


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = sqlalchemy_url(url)
    return config


def _current(url: str) -> str | None:
    engine = create_engine(sqlalchemy_url(url))
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def _apply_queue_schema(url: str) -> None:
    with psycopg.connect(plain_url(url), autocommit=True) as connection:
        found = connection.execute("select to_regclass('procrastinate_jobs')").fetchone()
        if found and found[0]:
            return
    app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=plain_url(url)))
    with app.open():
        SchemaManager(app.connector).apply_schema()
