"""Alembic's entry: runs the revisions on the URL that `bot.storage.database` hands over."""

from alembic import context
from sqlalchemy import create_engine

from bot.storage.tables import metadata

engine = create_engine(context.config.attributes["url"])


def ours(_object: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    """Leave the queue's and Rasa's tables alone."""
    return not (kind == "table" and name is not None and (name.startswith("procrastinate_") or name == "events"))


with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, include_object=ours, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
