"""Keeps Rasa's trackers in PostgreSQL, in a schema of their own, and fails loudly.

Rasa's own SQL store waits without end for a database and shares the default schema; here both are decided.
"""

from __future__ import annotations

import logging
import time
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.exceptions import RasaException
from sqlalchemy.engine.url import URL, make_url
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

logger = logging.getLogger(__name__)

CONNECT_TIMEOUT_SECONDS = 5
DRIVER = "postgresql+psycopg2"


class DatabaseUnreachable(RasaException):
    """The tracker database did not answer in time."""


def tracker_url(text: str) -> URL:
    """Read a PostgreSQL URL, whatever driver it names; a socket folder goes into `?host=/path`.

    Raises:
        ValueError: the URL is not one of PostgreSQL.
    """
    url = make_url(text)
    if url.get_backend_name() not in {"postgresql", "postgres"}:
        raise ValueError(f"the tracker store needs a PostgreSQL URL, not one of {url.get_backend_name()}")
    return url.set(drivername=DRIVER)


class PostgresTrackerStore(SQLTrackerStore):
    """Rasa's SQL tracker store on PostgreSQL, in its own schema, with live connections checked before use.

    Args:
        host: the database's URL; Rasa hands over `url` of endpoints.yml under this name.
        schema: where the table `events` lives; created where missing.
        wait_seconds: how long to wait for the database at the start.

    Raises:
        DatabaseUnreachable: no connection within `wait_seconds`.
        ValueError: the URL is not one of PostgreSQL.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        host: str = "",
        event_broker: EventBroker | None = None,
        schema: str = "rasa",
        wait_seconds: int = 60,
        **kwargs: Any,
    ) -> None:
        if not schema.isidentifier():
            raise ValueError(f"not a name for a schema: {schema!r}")
        self.engine = sa.create_engine(
            tracker_url(host),
            pool_size=10,
            max_overflow=20,
            pool_pre_ping=True,
            hide_parameters=True,  # a logged statement must not show what somebody wrote
            connect_args={"connect_timeout": CONNECT_TIMEOUT_SECONDS, "options": f"-csearch_path={schema}"},
        )
        self._prepare(schema, wait_seconds)
        self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)
        TrackerStore.__init__(self, domain, event_broker, **kwargs)

    def _prepare(self, schema: str, wait_seconds: int) -> None:
        deadline = time.monotonic() + wait_seconds
        while True:
            try:
                with self.engine.begin() as connection:
                    connection.execute(sa.text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
                    self.Base.metadata.create_all(connection)
            except (IntegrityError, ProgrammingError):
                # Another Rasa server creates the same at this moment.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
            except OperationalError as error:
                if time.monotonic() > deadline:
                    raise DatabaseUnreachable("the tracker database does not answer") from error
                logger.warning("Waiting for the tracker database.")
                time.sleep(0.5)
            else:
                return
