"""the first tables

Revision: 0001, after None, 2026-11-22 03:01:56.195497
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


INSTALLMENTS_ADD_UP = """
create function check_agreement_adds_up() returns trigger language plpgsql as $$
declare
    wanted bigint;
    found bigint;
    agreement uuid := coalesce(new.agreement_id, old.agreement_id);
begin
    select total_centavos into wanted from agreements where id = agreement;
    select coalesce(sum(amount_centavos), 0) into found from agreement_installments where agreement_id = agreement;
    if wanted is distinct from found then
        raise exception 'instalments of agreement % add up to %, not to %', agreement, found, wanted
            using errcode = 'check_violation';
    end if;
    return null;
end $$;
create constraint trigger agreement_installments_add_up
    after insert or update or delete on agreement_installments
    deferrable initially deferred
    for each row execute function check_agreement_adds_up();
create function check_agreement_has_installments() returns trigger language plpgsql as $$
begin
    if new.total_centavos is distinct from
        (select coalesce(sum(amount_centavos), 0) from agreement_installments where agreement_id = new.id) then
        raise exception 'instalments of agreement % do not add up to %', new.id, new.total_centavos
            using errcode = 'check_violation';
    end if;
    return null;
end $$;
create constraint trigger agreement_adds_up
    after insert or update of total_centavos on agreements
    deferrable initially deferred
    for each row execute function check_agreement_has_installments();
"""


def upgrade() -> None:
    op.create_table(
        "creditors",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("policy_version", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_creditors")),
    )
    op.create_table(
        "debtors",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("document", sa.Text(), nullable=False, comment="CPF (11 digits) or CNPJ (14 characters), bare"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True, comment="two letters (UF)"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length(document) in (11, 14)", name=op.f("ck_debtors_document_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debtors")),
        sa.UniqueConstraint("document", name=op.f("uq_debtors_document")),
    )
    op.create_table(
        "contacts",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False, comment="whatsapp (any phone), telegram, terminal, email"),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="active", nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "consent",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="proof of opt-in: text, source, day (R61)",
        ),
        sa.CheckConstraint(
            "state in ('active', 'opted_out', 'wrong_person', 'unreachable')", name=op.f("ck_contacts_state")
        ),
        sa.ForeignKeyConstraint(["debtor_id"], ["debtors.id"], name=op.f("fk_contacts_debtor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("debtor_id", "channel", "address", name=op.f("uq_contacts_debtor_id_channel_address")),
    )
    op.create_index("ix_contacts_channel_address", "contacts", ["channel", "address"], unique=False)
    op.create_table(
        "conversations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("reply_address", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="bot", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=True, comment="whom we believe to be there; see identified_at"),
        sa.Column("phone", sa.Text(), nullable=True, comment="E.164 that the channel vouches for"),
        sa.Column("identified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("identified_by", sa.Text(), nullable=True, comment="how, e.g. phone+birth_date"),
        sa.Column("creditor", sa.Text(), nullable=True),
        sa.Column(
            "asked",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
            comment="what the assistant asked last",
        ),
        sa.Column(
            "memory",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
            comment="where the talk stands: counters, choices",
        ),
        sa.Column("tracker", sa.Uuid(), nullable=False, comment="Rasa's sender id; opaque, changed when it grows long"),
        sa.Column("tracker_turns", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting_reason", sa.Text(), nullable=True),
        sa.Column("closed_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("state in ('bot', 'waiting', 'agent', 'closed')", name=op.f("ck_conversations_state")),
        sa.ForeignKeyConstraint(["creditor"], ["creditors.slug"], name=op.f("fk_conversations_creditor")),
        sa.ForeignKeyConstraint(["debtor_id"], ["debtors.id"], name=op.f("fk_conversations_debtor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
    )
    op.create_index("ix_conversations_address", "conversations", ["address"], unique=False)
    op.create_index("ix_conversations_debtor_id", "conversations", ["debtor_id"], unique=False)
    op.create_index(
        "uq_conversations_open_address",
        "conversations",
        ["channel", "address"],
        unique=True,
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_table(
        "debts",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("creditor", sa.Text(), nullable=False),
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), server_default="", nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=True),
        sa.Column("state_until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state in ('open', 'in_agreement', 'settled', 'disputed', 'prescribed', 'suspended')",
            name=op.f("ck_debts_state"),
        ),
        sa.CheckConstraint(
            "state_reason in ('hardship', 'death', 'crisis', 'payment_claimed')", name=op.f("ck_debts_state_reason")
        ),
        sa.ForeignKeyConstraint(["creditor"], ["creditors.slug"], name=op.f("fk_debts_creditor")),
        sa.ForeignKeyConstraint(["debtor_id"], ["debtors.id"], name=op.f("fk_debts_debtor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debts")),
        sa.UniqueConstraint("debtor_id", "creditor", "contract", name=op.f("uq_debts_debtor_id_creditor_contract")),
    )
    op.create_table(
        "deep_links",
        sa.Column(
            "token_hash", sa.Text(), nullable=False, comment="SHA-256 of the token; the token itself is not kept"
        ),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["debtor_id"], ["debtors.id"], name=op.f("fk_deep_links_debtor_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_deep_links")),
    )
    op.create_table(
        "relationships",
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("creditor", sa.Text(), nullable=False),
        sa.Column("lifetime_value_centavos", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["creditor"], ["creditors.slug"], name=op.f("fk_relationships_creditor")),
        sa.ForeignKeyConstraint(["debtor_id"], ["debtors.id"], name=op.f("fk_relationships_debtor_id")),
        sa.PrimaryKeyConstraint("debtor_id", "creditor", name=op.f("pk_relationships")),
    )
    op.create_table(
        "debt_installments",
        sa.Column("debt_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_centavos", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_centavos", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("boleto_line", sa.Text(), nullable=True),
        sa.CheckConstraint("amount_centavos > 0", name=op.f("ck_debt_installments_amount_positive")),
        sa.CheckConstraint("paid_centavos >= 0", name=op.f("ck_debt_installments_paid_not_negative")),
        sa.ForeignKeyConstraint(["debt_id"], ["debts.id"], name=op.f("fk_debt_installments_debt_id")),
        sa.PrimaryKeyConstraint("debt_id", "number", name=op.f("pk_debt_installments")),
    )
    op.create_table(
        "identity_attempts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_identity_attempts_conversation_id")
        ),
        sa.ForeignKeyConstraint(["debtor_id"], ["debtors.id"], name=op.f("fk_identity_attempts_debtor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_attempts")),
    )
    op.create_index(
        op.f("ix_identity_attempts_conversation_id"), "identity_attempts", ["conversation_id"], unique=False
    )
    op.create_index(op.f("ix_identity_attempts_debtor_id"), "identity_attempts", ["debtor_id"], unique=False)
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="text", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("media", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True, comment="inbound: once per provider's message, for ever"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("refused_rule", sa.Text(), nullable=True),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("in_reply_to", postgresql.ARRAY(sa.Uuid()), server_default="{}", nullable=False),
        sa.Column(
            "source",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
            comment="response, offer, rule, facts it came from",
        ),
        sa.Column("understanding", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("author in ('debtor', 'assistant', 'agent', 'system')", name=op.f("ck_messages_author")),
        sa.CheckConstraint("direction in ('in', 'out')", name=op.f("ck_messages_direction")),
        sa.CheckConstraint(
            "status in ('received', 'answered', 'unsupported', 'pending', 'sending', 'sent', 'delivered', 'read', 'failed', 'refused')",
            name=op.f("ck_messages_status"),
        ),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_messages_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("key", name=op.f("uq_messages_key")),
        sa.UniqueConstraint("seq", name=op.f("uq_messages_seq")),
    )
    op.create_index("ix_messages_conversation_id_seq", "messages", ["conversation_id", "seq"], unique=False)
    op.create_index(
        "ix_messages_unanswered",
        "messages",
        ["conversation_id", "seq"],
        unique=False,
        postgresql_where=sa.text("status = 'received'"),
    )
    op.create_index(
        "ix_messages_unsent",
        "messages",
        ["conversation_id", "seq"],
        unique=False,
        postgresql_where=sa.text("status in ('pending', 'sending')"),
    )
    op.create_index(
        "uq_messages_out_provider_id",
        "messages",
        ["provider_id", "conversation_id"],
        unique=True,
        postgresql_where=sa.text("direction = 'out' and provider_id is not null"),
    )
    op.create_table(
        "offers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("creditor", sa.Text(), nullable=False),
        sa.Column("total_centavos", sa.BigInteger(), nullable=False),
        sa.Column(
            "terms",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="the whole offer as computed; see bot/storage/offer_json.py",
        ),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("expires_at > shown_at", name=op.f("ck_offers_expires_later")),
        sa.CheckConstraint("total_centavos > 0", name=op.f("ck_offers_total_positive")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_offers_conversation_id")),
        sa.ForeignKeyConstraint(["creditor"], ["creditors.slug"], name=op.f("fk_offers_creditor")),
        sa.ForeignKeyConstraint(["debtor_id"], ["debtors.id"], name=op.f("fk_offers_debtor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
    )
    op.create_index(op.f("ix_offers_conversation_id"), "offers", ["conversation_id"], unique=False)
    op.create_table(
        "agreements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("creditor", sa.Text(), nullable=False),
        sa.Column("total_centavos", sa.BigInteger(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_by", sa.Uuid(), nullable=False, comment="the yes"),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_reason", sa.Text(), nullable=True),
        sa.Column(
            "record",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="terms, identification, transcript up to the yes",
        ),
        sa.ForeignKeyConstraint(["accepted_by"], ["messages.id"], name=op.f("fk_agreements_accepted_by")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_agreements_conversation_id")),
        sa.ForeignKeyConstraint(["creditor"], ["creditors.slug"], name=op.f("fk_agreements_creditor")),
        sa.ForeignKeyConstraint(["debtor_id"], ["debtors.id"], name=op.f("fk_agreements_debtor_id")),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_agreements_offer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sa.UniqueConstraint("accepted_by", name=op.f("uq_agreements_accepted_by")),
        sa.UniqueConstraint("offer_id", name=op.f("uq_agreements_offer_id")),
    )
    op.create_index(op.f("ix_agreements_conversation_id"), "agreements", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_agreements_debtor_id"), "agreements", ["debtor_id"], unique=False)
    op.create_table(
        "delivery_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_delivery_events_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_events")),
    )
    op.create_index(op.f("ix_delivery_events_message_id"), "delivery_events", ["message_id"], unique=False)
    op.create_table(
        "duties",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "kind in ('dispute', 'data_request', 'human', 'receipt_check', 'refund', 'listing_removal')",
            name=op.f("ck_duties_kind"),
        ),
        sa.CheckConstraint("state in ('open', 'done')", name=op.f("ck_duties_state")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_duties_conversation_id")),
        sa.ForeignKeyConstraint(["debtor_id"], ["debtors.id"], name=op.f("fk_duties_debtor_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_duties_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duties")),
    )
    op.create_index(op.f("ix_duties_debtor_id"), "duties", ["debtor_id"], unique=False)
    op.create_table(
        "turns",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column(
            "answer",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="what the action answered; asked again, it answers the same",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_turns_message_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_turns")),
    )
    op.create_table(
        "agreement_debts",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("debt_id", sa.Uuid(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_agreement_debts_agreement_id")),
        sa.ForeignKeyConstraint(["debt_id"], ["debts.id"], name=op.f("fk_agreement_debts_debt_id")),
        sa.PrimaryKeyConstraint("agreement_id", "debt_id", name=op.f("pk_agreement_debts")),
    )
    op.create_index(
        "uq_agreement_debts_one_active", "agreement_debts", ["debt_id"], unique=True, postgresql_where=sa.text("active")
    )
    op.create_table(
        "agreement_installments",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_centavos", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_centavos", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("amount_centavos > 0", name=op.f("ck_agreement_installments_amount_positive")),
        sa.CheckConstraint("number > 0", name=op.f("ck_agreement_installments_number_positive")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreements.id"], name=op.f("fk_agreement_installments_agreement_id")
        ),
        sa.PrimaryKeyConstraint("agreement_id", "number", name=op.f("pk_agreement_installments")),
    )
    op.execute(INSTALLMENTS_ADD_UP)


def downgrade() -> None:
    op.execute("drop function check_agreement_adds_up cascade; drop function check_agreement_has_installments cascade")
    op.drop_table("agreement_installments")
    op.drop_index("uq_agreement_debts_one_active", table_name="agreement_debts", postgresql_where=sa.text("active"))
    op.drop_table("agreement_debts")
    op.drop_table("turns")
    op.drop_index(op.f("ix_duties_debtor_id"), table_name="duties")
    op.drop_table("duties")
    op.drop_index(op.f("ix_delivery_events_message_id"), table_name="delivery_events")
    op.drop_table("delivery_events")
    op.drop_index(op.f("ix_agreements_debtor_id"), table_name="agreements")
    op.drop_index(op.f("ix_agreements_conversation_id"), table_name="agreements")
    op.drop_table("agreements")
    op.drop_index(op.f("ix_offers_conversation_id"), table_name="offers")
    op.drop_table("offers")
    op.drop_index(
        "uq_messages_out_provider_id",
        table_name="messages",
        postgresql_where=sa.text("direction = 'out' and provider_id is not null"),
    )
    op.drop_index(
        "ix_messages_unsent", table_name="messages", postgresql_where=sa.text("status in ('pending', 'sending')")
    )
    op.drop_index("ix_messages_unanswered", table_name="messages", postgresql_where=sa.text("status = 'received'"))
    op.drop_index("ix_messages_conversation_id_seq", table_name="messages")
    op.drop_table("messages")
    op.drop_index(op.f("ix_identity_attempts_debtor_id"), table_name="identity_attempts")
    op.drop_index(op.f("ix_identity_attempts_conversation_id"), table_name="identity_attempts")
    op.drop_table("identity_attempts")
    op.drop_table("debt_installments")
    op.drop_table("relationships")
    op.drop_table("deep_links")
    op.drop_table("debts")
    op.drop_index(
        "uq_conversations_open_address", table_name="conversations", postgresql_where=sa.text("state <> 'closed'")
    )
    op.drop_index("ix_conversations_debtor_id", table_name="conversations")
    op.drop_index("ix_conversations_address", table_name="conversations")
    op.drop_table("conversations")
    op.drop_index("ix_contacts_channel_address", table_name="contacts")
    op.drop_table("contacts")
    op.drop_table("debtors")
    op.drop_table("creditors")
