"""The formal record of an agreement: one JSON document that needs nothing else to be understood (R57)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.domain.agreements import Agreement
from bot.domain.cases import Case
from bot.domain.conversations import Message
from bot.domain.messages import InboundKind
from bot.domain.offers import Offer
from bot.storage.portfolio import offer_json

FORMAT = "trato-agreement/1"
FORM_CLAUSE = "MP 2.200-2/2001 art. 10 §2"  # R56; its words are part of the terms in the transcript


def record_of(
    case: Case, agreement: Agreement, offer: Offer, history: Sequence[Message], *, accepted_by: UUID
) -> dict[str, Any]:
    """Terms, offer as shown, policy version, identification, and the transcript up to the yes.

    Times are ISO 8601 in UTC, with the debtor's local time beside the yes; amounts are centavos.
    """
    debtor, conversation = case.debtor, case.conversation
    policy = case.policies[next(d.creditor for d in case.debts if d.id in agreement.debts)]
    until = next((m.seq for m in history if m.id == accepted_by), None)
    return {
        "format": FORMAT,
        "agreement": {
            "id": str(agreement.id),
            "accepted_at": _utc(agreement.accepted_at),
            "accepted_at_local": case.local.isoformat(),
            "accepted_by": str(accepted_by),
            "clause": FORM_CLAUSE,
            "total_centavos": agreement.total.centavos,
            "installments": [
                {"number": i.number, "due_on": i.due_on.isoformat(), "amount_centavos": i.amount.centavos}
                for i in agreement.installments
            ],
        },
        "creditor": {
            "slug": policy.creditor.slug,
            "legal_name": policy.creditor.legal_name,
            "document": policy.creditor.document,
            "address": policy.creditor.address,
        },
        "debtor": {"name": debtor.name, "document": debtor.document} if debtor else None,
        "identification": {
            "by": conversation.identified_by,
            "at": _utc(conversation.identified_at) if conversation.identified_at else None,
            "channel": conversation.channel,
            "address": conversation.address,
        },
        "debts": [
            {"id": str(d.id), "contract": d.contract, "product": d.product, "description": d.description}
            for d in case.debts
            if d.id in agreement.debts
        ],
        "offer": offer_json(offer),
        "policy_version": agreement.policy_version,
        "transcript": [message_json(m) for m in history if until is None or m.seq <= until],
    }


def message_json(message: Message) -> dict[str, Any]:
    """A message as contract.md names its keys; a voice note's words are told apart from what was typed."""
    said = {"transcription": message.transcription or None} if message.kind is InboundKind.AUDIO else {}
    return {
        "id": str(message.id),
        "at": _utc(message.at),
        "direction": message.direction,
        "author": message.author,
        "text": message.text,
        **said,
        "kind": message.kind,
        "media": [
            {"content_type": f.content_type, "sha256": f.sha256, "size_bytes": f.size_bytes, "state": f.state}
            | ({"reason": f.reason} if f.reason else {})
            for f in message.files
        ],
        "provider_id": message.provider_id,
        "in_reply_to": [str(m) for m in message.in_reply_to],
        "status": message.status,
    }


def _utc(moment: datetime) -> str:
    return moment.isoformat()
