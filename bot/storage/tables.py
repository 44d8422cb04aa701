"""Every table of the product. What must never be is a constraint here, not a check in code.

Amounts are centavos in `bigint`, instants `timestamptz`, days `date`. The queue's own tables belong to procrastinate
and are created by its migrations.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _instant(name: str, *, nullable: bool = True) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


creditors = Table(
    "creditors",
    metadata,
    Column("slug", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("document", Text),
    Column("policy_version", Text),
)

debtors = Table(
    "debtors",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    Column("document", Text, nullable=False, unique=True, comment="CPF (11 digits) or CNPJ (14 characters), bare"),
    Column("name", Text, nullable=False),
    Column("birth_date", Date),
    Column("state", Text, comment="two letters (UF)"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("length(document) in (11, 14)", name="document_length"),
)

relationships = Table(
    "relationships",
    metadata,
    Column("debtor_id", Uuid, ForeignKey("debtors.id"), nullable=False),
    Column("creditor", Text, ForeignKey("creditors.slug"), nullable=False),
    Column("lifetime_value_centavos", BigInteger),
    PrimaryKeyConstraint("debtor_id", "creditor"),
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    Column("debtor_id", Uuid, ForeignKey("debtors.id"), nullable=False),
    Column("channel", Text, nullable=False, comment="whatsapp (any phone), telegram, terminal, email"),
    Column("address", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="active"),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("consent", JSONB, comment="proof of opt-in: text, source, day (R61)"),
    UniqueConstraint("debtor_id", "channel", "address"),
    CheckConstraint("state in ('active', 'opted_out', 'wrong_person', 'unreachable')", name="state"),
    Index("ix_contacts_channel_address", "channel", "address"),
)

debts = Table(
    "debts",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    Column("debtor_id", Uuid, ForeignKey("debtors.id"), nullable=False),
    Column("creditor", Text, ForeignKey("creditors.slug"), nullable=False),
    Column("contract", Text, nullable=False),
    Column("product", Text, nullable=False, server_default=""),
    Column("description", Text, nullable=False, server_default=""),
    Column("state", Text, nullable=False, server_default="open"),
    Column("state_reason", Text),
    Column("state_until", Date),
    UniqueConstraint("debtor_id", "creditor", "contract"),
    CheckConstraint(
        "state in ('open', 'in_agreement', 'settled', 'disputed', 'prescribed', 'suspended')", name="state"
    ),
    CheckConstraint("state_reason in ('hardship', 'death', 'crisis', 'payment_claimed')", name="state_reason"),
)

debt_installments = Table(
    "debt_installments",
    metadata,
    Column("debt_id", Uuid, ForeignKey("debts.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("amount_centavos", BigInteger, nullable=False),
    Column("paid_on", Date),
    Column("paid_centavos", BigInteger, nullable=False, server_default="0"),
    Column("boleto_line", Text),
    PrimaryKeyConstraint("debt_id", "number"),
    CheckConstraint("amount_centavos > 0", name="amount_positive"),
    CheckConstraint("paid_centavos >= 0", name="paid_not_negative"),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("reply_address", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="bot"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("debtor_id", Uuid, ForeignKey("debtors.id"), comment="whom we believe to be there; see identified_at"),
    Column("phone", Text, comment="E.164 that the channel vouches for"),
    _instant("identified_at"),
    Column("identified_by", Text, comment="how, e.g. phone+birth_date"),
    Column("creditor", Text, ForeignKey("creditors.slug")),
    Column("asked", JSONB, nullable=False, server_default="{}", comment="what the assistant asked last"),
    Column("memory", JSONB, nullable=False, server_default="{}", comment="where the talk stands: counters, choices"),
    Column("tracker", Uuid, nullable=False, comment="Rasa's sender id; opaque, changed when it grows long"),
    Column("tracker_turns", Integer, nullable=False, server_default="0"),
    _instant("last_in_at"),
    _instant("waiting_since"),
    Column("waiting_reason", Text),
    Column("closed_reason", Text),
    CheckConstraint("state in ('bot', 'waiting', 'agent', 'closed')", name="state"),
    Index(
        "uq_conversations_open_address",
        "channel",
        "address",
        unique=True,
        postgresql_where=text("state <> 'closed'"),
    ),
    Index("ix_conversations_address", "address"),
    Index("ix_conversations_debtor_id", "debtor_id"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("seq", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("conversation_id", Uuid, ForeignKey("conversations.id"), nullable=False),
    Column("direction", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("kind", Text, nullable=False, server_default="text"),
    Column("text", Text, nullable=False, server_default=""),
    Column("payload", Text),
    Column("options", JSONB, nullable=False, server_default="[]"),
    Column("media", JSONB, nullable=False, server_default="[]"),
    Column("provider_id", Text),
    Column("key", Text, unique=True, comment="inbound: once per provider's message, for ever"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("status", Text, nullable=False),
    Column("refused_rule", Text),
    Column("error", JSONB),
    Column("in_reply_to", ARRAY(Uuid), nullable=False, server_default="{}"),
    Column("source", JSONB, nullable=False, server_default="{}", comment="response, offer, rule, facts it came from"),
    Column("understanding", JSONB),
    Column("attempts", Integer, nullable=False, server_default="0"),
    _instant("first_tried_at"),
    _instant("next_try_at"),
    Column("transcription", Text, comment="what a voice note says; empty: it could not be made out"),
    CheckConstraint("direction in ('in', 'out')", name="direction"),
    CheckConstraint("author in ('debtor', 'assistant', 'agent', 'system')", name="author"),
    CheckConstraint(
        "status in ('received', 'answered', 'unsupported', 'pending', 'sending', 'sent', 'delivered', 'read', "
        "'failed', 'refused')",
        name="status",
    ),
    Index("ix_messages_conversation_id_seq", "conversation_id", "seq"),
    Index("ix_messages_unsent", "conversation_id", "seq", postgresql_where=text("status in ('pending', 'sending')")),
    Index("ix_messages_unanswered", "conversation_id", "seq", postgresql_where=text("status = 'received'")),
    Index(
        "uq_messages_out_provider_id",
        "provider_id",
        "conversation_id",
        unique=True,
        postgresql_where=text("direction = 'out' and provider_id is not null"),
    ),
)

delivery_events = Table(
    "delivery_events",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("message_id", Uuid, ForeignKey("messages.id"), nullable=False, index=True),
    Column("status", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("code", Text),
    Column("detail", Text),
)

turns = Table(
    "turns",
    metadata,
    Column("message_id", Uuid, ForeignKey("messages.id"), primary_key=True),
    Column("action", Text, nullable=False),
    Column("answer", JSONB, nullable=False, comment="what the action answered; asked again, it answers the same"),
    Column("at", DateTime(timezone=True), nullable=False),
)

identity_attempts = Table(
    "identity_attempts",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("conversation_id", Uuid, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("debtor_id", Uuid, ForeignKey("debtors.id"), index=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("succeeded", Boolean, nullable=False),
)

deep_links = Table(
    "deep_links",
    metadata,
    Column("token_hash", Text, primary_key=True, comment="SHA-256 of the token; the token itself is not kept"),
    Column("debtor_id", Uuid, ForeignKey("debtors.id"), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    _instant("used_at"),
)

offers = Table(
    "offers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("conversation_id", Uuid, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("debtor_id", Uuid, ForeignKey("debtors.id"), nullable=False),
    Column("creditor", Text, ForeignKey("creditors.slug"), nullable=False),
    Column("total_centavos", BigInteger, nullable=False),
    Column("terms", JSONB, nullable=False, comment="the whole offer as computed; see bot/storage/offer_json.py"),
    Column("policy_version", Text, nullable=False),
    Column("shown_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("total_centavos > 0", name="total_positive"),
    CheckConstraint("expires_at > shown_at", name="expires_later"),
)

agreements = Table(
    "agreements",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("offer_id", Uuid, ForeignKey("offers.id"), nullable=False, unique=True),
    Column("conversation_id", Uuid, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("debtor_id", Uuid, ForeignKey("debtors.id"), nullable=False, index=True),
    Column("creditor", Text, ForeignKey("creditors.slug"), nullable=False),
    Column("total_centavos", BigInteger, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("accepted_at", DateTime(timezone=True), nullable=False),
    Column("accepted_by", Uuid, ForeignKey("messages.id"), nullable=False, unique=True, comment="the yes"),
    _instant("cancelled_at"),
    Column("cancelled_reason", Text),
    Column("record", JSONB, nullable=False, comment="terms, identification, transcript up to the yes"),
)

agreement_debts = Table(
    "agreement_debts",
    metadata,
    Column("agreement_id", Uuid, ForeignKey("agreements.id"), nullable=False),
    Column("debt_id", Uuid, ForeignKey("debts.id"), nullable=False),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    PrimaryKeyConstraint("agreement_id", "debt_id"),
    Index("uq_agreement_debts_one_active", "debt_id", unique=True, postgresql_where=text("active")),
)

agreement_installments = Table(
    "agreement_installments",
    metadata,
    Column("agreement_id", Uuid, ForeignKey("agreements.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("amount_centavos", BigInteger, nullable=False),
    Column("paid_on", Date),
    Column("paid_centavos", BigInteger, nullable=False, server_default="0"),
    PrimaryKeyConstraint("agreement_id", "number"),
    CheckConstraint("amount_centavos > 0", name="amount_positive"),
    CheckConstraint("number > 0", name="number_positive"),
)

duties = Table(
    "duties",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    Column("kind", Text, nullable=False),
    Column("debtor_id", Uuid, ForeignKey("debtors.id"), index=True),
    Column("conversation_id", Uuid, ForeignKey("conversations.id")),
    Column("message_id", Uuid, ForeignKey("messages.id")),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("state", Text, nullable=False, server_default="open"),
    Column("detail", JSONB, nullable=False, server_default="{}"),
    CheckConstraint(
        "kind in ('dispute', 'data_request', 'human', 'receipt_check', 'refund', 'listing_removal')", name="kind"
    ),
    CheckConstraint("state in ('open', 'done')", name="state"),
)

media = Table(
    "media",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    Column("message_id", Uuid, ForeignKey("messages.id"), nullable=False),
    Column("number", Integer, nullable=False, comment="which of the message's files, from 0"),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("reason", Text, comment="why it is refused or failed"),
    Column("content_type", Text, comment="as its bytes say"),
    Column("size_bytes", BigInteger),
    Column("sha256", Text, index=True),
    Column("content", LargeBinary),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("message_id", "number"),
    CheckConstraint("state in ('waiting', 'stored', 'refused', 'failed')", name="state"),
    CheckConstraint("(state = 'stored') = (content is not null)", name="stored_has_content"),
    CheckConstraint("octet_length(content) <= 16777216", name="content_size"),
)

nlu_labels = Table(
    "nlu_labels",
    metadata,
    Column("id", Text, primary_key=True, comment="of the wording; see bot/domain/inbox.py"),
    Column("text", Text, nullable=False, comment="masked"),
    Column("intent", Text, nullable=False),
    Column("labelled_at", DateTime(timezone=True), nullable=False),
)

identity_codes = Table(
    "identity_codes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("conversation_id", Uuid, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("document", Text, nullable=False, index=True),
    Column("debtor_id", Uuid, ForeignKey("debtors.id")),
    Column("phone", Text, comment="where it is sent; empty: nowhere"),
    Column("code_hash", Text),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
)
