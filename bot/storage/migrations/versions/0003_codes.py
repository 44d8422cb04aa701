"""codes sent to the phone on file

Revision: 0003, after 0002, 2026-11-22 04:50:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "identity_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True, comment="where it is sent; empty: nowhere"),
        sa.Column("code_hash", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_identity_codes_conversation_id")
        ),
        sa.ForeignKeyConstraint(["debtor_id"], ["debtors.id"], name=op.f("fk_identity_codes_debtor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_codes")),
    )
    op.create_index(op.f("ix_identity_codes_conversation_id"), "identity_codes", ["conversation_id"])
    op.create_index(op.f("ix_identity_codes_document"), "identity_codes", ["document"])


def downgrade() -> None:
    op.drop_table("identity_codes")
