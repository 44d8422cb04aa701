"""files that people send, what voice notes say, labels of messages that were not understood

Revision: 0002, after 0001, 2026-11-22 04:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column(
        "messages",
        sa.Column(
            "transcription", sa.Text(), nullable=True, comment="what a voice note says; empty: it could not be made out"
        ),
    )
    op.create_table(
        "media",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="which of the message's files, from 0"),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it is refused or failed"),
        sa.Column("content_type", sa.Text(), nullable=True, comment="as its bytes say"),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state in ('waiting', 'stored', 'refused', 'failed')", name=op.f("ck_media_state")),
        sa.CheckConstraint("(state = 'stored') = (content is not null)", name=op.f("ck_media_stored_has_content")),
        sa.CheckConstraint("octet_length(content) <= 16777216", name=op.f("ck_media_content_size")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_media_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint("message_id", "number", name=op.f("uq_media_message_id_number")),
    )
    op.create_index(op.f("ix_media_sha256"), "media", ["sha256"], unique=False)
    op.create_table(
        "nlu_labels",
        sa.Column("id", sa.Text(), nullable=False, comment="of the wording; see bot/domain/inbox.py"),
        sa.Column("text", sa.Text(), nullable=False, comment="masked"),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column("labelled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nlu_labels")),
    )


def downgrade() -> None:
    op.drop_table("nlu_labels")
    op.drop_index(op.f("ix_media_sha256"), table_name="media")
    op.drop_table("media")
    op.drop_column("messages", "transcription")
