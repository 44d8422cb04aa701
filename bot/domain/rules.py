"""Every rule that the product obeys, and where it is enforced; `docs/rules.md` is made from this (`make rules`).

The rules' short texts for people in Portuguese stand in `bot/locale/pt_BR/rules.po`, the numbers in `legal.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """How far a rule is kept today."""

    KEPT = "kept"
    PARTLY = "partly"
    NOT_YET = "not yet"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        enforced: what decides or checks it, as `module:name`; empty: nothing enforces it.
        settings: keys of a policy file, or of the environment, that it depends on.
        confirmed: False where the primary source was not read, or only for a part of it.
        gap: what is still missing, "" for nothing.
    """

    id: str
    title: str
    source: str
    enforced: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    confirmed: bool = True
    gap: str = ""

    @property
    def standing(self) -> Standing:
        if not self.enforced:
            return Standing.NOT_YET
        return Standing.PARTLY if self.gap else Standing.KEPT


_DOMAIN = "bot.domain."
_CDC_42 = "CDC (Lei 8.078/1990) art. 42"


def _rule(
    id_: str,
    title: str,
    source: str,
    enforced: str = "",
    settings: str = "",
    *,
    confirmed: bool = True,
    gap: str = "",
) -> Rule:
    """Names in `enforced` are of the domain unless they begin with `bot.`."""
    names = tuple(name if name.startswith("bot.") else _DOMAIN + name for name in enforced.split())
    return Rule(id_, title, source, names, tuple(settings.split()), confirmed, gap)


_DIGNITY = (
    _rule("R1", "Nothing exposes, ridicules, embarrasses or threatens", _CDC_42, "tone:first_fault door:may_leave"),
    _rule(
        "R2",
        "No coercion, no false or misleading statement",
        "CDC art. 71",
        "tone:first_fault topics.debt_facts:ask_consequences",
        gap="a list of phrases, and texts from the file's facts",
    ),
    _rule(
        "R3",
        "A consequence only where true, planned, authorised, on file",
        "CDC arts. 42, 71",
        "tone:first_fault topics.debt_facts:ask_consequences",
        "consequences",
    ),
    _rule(
        "R4",
        "Creditor's name, address and CPF/CNPJ on every collection document",
        "CDC art. 42-A",
        "policy_files:parse_policy topics.negotiation:terms bot.storage.agreement_record:record_of",
        "creditor",
    ),
    _rule(
        "R5",
        "Original value and each added item by name, adding up to the cent",
        "SP Lei 14.953/2013 art. 2",
        "charges:charge_sheet topics.debt:item_lines",
    ),
    _rule(
        "R6",
        "Paid without owing: a refund case, twice the amount; what is settled is not collected",
        "CDC art. 42, sole paragraph",
        "standing:blocked_debt",
        gap="no refund case is opened",
    ),
    _rule("R7", "Says that it is automated, first and when asked", "good practice", "topics.information:bot_challenge"),
    _rule(
        "R8",
        "No password or card; the payee is the creditor, shown before the code; how to check outside the chat",
        "good practice",
        "policy_files:is_pix_key topics.payment:ask_pix topics.information:suspect_scam",
        "creditor.pix_key creditor.phone creditor.site",
    ),
    _rule(
        "R9",
        "An assigned debt: no contact before the notice is on file",
        "CC art. 290",
        "contact_rules:may_contact",
        "contact.assigned contact.assignment_notice_on",
        confirmed=False,
        gap="told by creditor, not by debt",
    ),
)

_WHO = (
    _rule(
        "R10",
        "Nothing of the debt before the right party is confirmed; three tries, then a person",
        "CDC art. 42; LGPD arts. 6, 46",
        "topics.identity:identify door:may_leave",
        "identity.proof",
    ),
    _rule(
        "R11",
        "The first message to somebody not confirmed is limited",
        "cf. 12 CFR 1006.2(j)",
        "topics.identity:open_talk",
    ),
    _rule(
        "R12",
        "Wrong person: apologise, stop, mark the phone",
        _CDC_42,
        "topics.protection:wrong_person contact_rules:may_contact bot.storage.effects:Effects",
    ),
    _rule(
        "R13",
        "One to one, only to the debtor",
        _CDC_42,
        "bot.channels.telegram_updates:read_update topics.protection:third_party contact_rules:may_contact",
    ),
    _rule(
        "R14",
        "Self-harm: stop, CVV 188, a person now",
        "duty of care",
        "topics.protection:report_crisis standing:blocked_debt contact_rules:may_contact",
    ),
    _rule(
        "R15",
        "Death: stop, condolences, a person",
        "CC arts. 1.792, 1.997",
        "topics.protection:report_death standing:blocked_debt contact_rules:may_contact",
    ),
)

_WHEN = (
    _rule(
        "R16",
        "Active contact only in the hours of the debtor's place, never on Sundays and holidays",
        "SP Lei 17.832/2023 art. 51; RJ 7.868/2018; ES 10.626/2017; AM 306/2016; AL 7.782/2016",
        "contact_rules:may_contact contact_windows:widest_window contact_terms:contact_faults",
        "contact.weekdays contact.saturdays contact.states",
        confirmed=False,
        gap="unconfirmed: the rows beyond SP, RJ, ES, AL, and start and Saturday of AM",
    ),
    _rule(
        "R17",
        "Answering is allowed at any hour",
        "CDC art. 71",
        "contact_rules:may_contact bot.usecases.deliver_messages:DeliverMessages",
    ),
    _rule(
        "R18",
        "One budget over all channels: 1 a day, 3 in 7 days, 30 days of silence after 4 without an answer; calls",
        "ours; cf. 12 CFR 1006.14(b)",
        "contact_rules:may_contact contact_terms:contact_faults",
        "contact.daily contact.weekly contact.unanswered contact.silence_days",
    ),
    _rule(
        "R20",
        "Wishes on hour, day and channel bind all later contact",
        "good practice; cf. Reg F",
        "wishes:wish_from contact_rules:may_contact topics.service:contact_preference",
    ),
    _rule(
        "R21",
        "A stop ends the channel at once, with one confirmation",
        "WhatsApp policy; LGPD art. 18",
        "stop_words:is_stop_word topics.protection:opt_out contact_rules:may_contact",
    ),
    _rule(
        "R22",
        "Calls are recorded, told of, a copy within 7 business days",
        "SP Lei 14.953/2013 art. 3",
        gap="no voice channel",
    ),
)

_LISTING = (
    _rule(
        "R25",
        "Nothing older than 5 years, nothing prescribed is listed",
        "CDC art. 43 §§1, 5",
        "legal:may_be_listed",
        gap="the product lists nobody",
    ),
    _rule("R26", "Written notice before listing", "CDC art. 43 §2; Súmula 359 STJ", gap="the product lists nobody"),
    _rule("R27", "Electronic notice needs proof of delivery", "Tema 1315 STJ", gap="the product lists nobody"),
    _rule(
        "R28",
        "Removal asked for within 5 business days, nothing quicker promised",
        "Súmula 548 STJ",
        "agreements:Agreement.listing_removal_due",
        gap="the promise; no duty is opened, since no payment is confirmed yet",
    ),
    _rule(
        "R29",
        "Is my name listed? The file's state, never a guess",
        "CDC arts. 43, 71",
        "topics.debt_facts:ask_negative_listing",
        gap="the file holds no listing yet, and the answer says no more",
    ),
    _rule(
        "R30",
        "Prescription after 5 years; the product stops 30 days before",
        "CC art. 206 §5 I",
        "legal:prescription standing:blocked_debt contact_rules:may_contact",
    ),
    _rule(
        "R31",
        "A prescribed debt is not collected",
        "STJ REsp 2.088.100 (2023); Tema 1264 open",
        "legal:prescription standing:blocked_debt contact_rules:may_contact",
    ),
    _rule(
        "R33",
        "No fishing for an acknowledgement; under 90 days a person decides",
        "CC art. 202 VI",
        "legal:prescription standing:blocked_debt contact_rules:may_contact",
        confirmed=False,
    ),
)

_MONEY = (
    _rule(
        "R34",
        "Late fine at most 2 % of the overdue installment, once",
        "CDC art. 52 §1",
        "policy:Policy charges:ChargeTerms",
        "charges.fine",
    ),
    _rule(
        "R35",
        "Interest: the contract's rate, else the legal rate by its monthly series",
        "CC arts. 389, 406 (Lei 14.905/2024); Res. CMN 5.171",
        "charges:charge_sheet legal:monthly_rates",
        "charges.monthly_interest",
    ),
    _rule(
        "R36",
        "No financial institution: late interest at most 1 % a month",
        "Decreto 22.626/1933",
        "policy:Policy charges:ChargeTerms",
        "creditor.financial_institution",
        confirmed=False,
    ),
    _rule(
        "R37",
        "Paying early reduces interest in proportion",
        "CDC art. 52 §2",
        "charges:charge_sheet",
        "charges.contract_rate",
    ),
    _rule(
        "R38",
        "Before acceptance: price, charges, annual rate, number, dates, totals",
        "CDC art. 52 I-V",
        "price_table:effective_annual_rate topics.negotiation:terms",
    ),
    _rule(
        "R39",
        "Collection fees only if in the contract",
        "CDC art. 51 XII",
        "policy:Policy",
        "charges.fee charges.fee_in_contract",
        confirmed=False,
    ),
    _rule("R40", "Amounts only from the engine; others do not leave", "ours", "offers:cash_offer door:may_leave"),
    _rule(
        "R41",
        "Paid is what the bank confirms; a claim pauses 5 business days",
        "ours",
        "topics.payment:report_payment standing:blocked_debt contact_rules:may_contact",
    ),
)

_VULNERABLE = (
    _rule(
        "R42",
        "An installment leaves R$ 600 and takes at most 30 % of the declared income",
        "Decretos 11.150/2022, 11.567/2023 (under review at the STF)",
        "affordability:affordable_installment offers:plan_range",
        gap="the dialogue does not ask for the income yet",
    ),
    _rule(
        "R43",
        "The vulnerable are not pressed",
        "CDC art. 54-C (Lei 14.181/2021)",
        "topics.protection:report_hardship tone:first_fault",
        gap="after hardship was told",
    ),
    _rule(
        "R44",
        "A dispute stops collection until a person has solved it, 5 business days",
        "CDC; cf. FCA CONC 7.14",
        "topics.protection:dispute_debt standing:blocked_debt contact_rules:may_contact",
    ),
    _rule(
        "R45",
        "Hardship: 30 days of breath, smaller terms, a person",
        "cf. FCA CONC 7.3",
        "topics.protection:report_hardship legal:breathing_space_until contact_rules:may_contact",
        "installments.hardship",
    ),
    _rule(
        "R46",
        "Of illness only the fact is kept",
        "LGPD art. 11",
        "topics.protection:report_hardship",
        gap="the message itself is not masked",
    ),
)

_DATA = (
    _rule("R47", "A legal basis on file for every purpose", "LGPD arts. 7, 37", gap="no record of processing"),
    _rule(
        "R48",
        "First name and masked document only; a whole CPF blocks the text",
        "LGPD art. 6 III",
        "conversations:Debtor.masked_document door:may_leave",
    ),
    _rule(
        "R49",
        "Data rights open a request with a clock of 15 days",
        "LGPD arts. 18, 19",
        "topics.service:lgpd_request",
    ),
    _rule(
        "R50",
        "Profile and offer can be explained; profile names stay inside",
        "LGPD art. 20",
        "profiles:profile_of",
        gap="reasons in `trato debtor show`; no review yet",
    ),
    _rule("R51", "Least privilege; every reading of a transcript is logged", "LGPD art. 46", gap="no users yet"),
    _rule("R54", "Retention, then erasure; a legal hold overrides", "LGPD arts. 15, 16", gap="nothing is erased"),
    _rule(
        "R55",
        "Opt-out, deletion and dispute are three states",
        "ours",
        "contact_rules:may_contact",
        gap="which right a data request uses is read from its words; a person reads them anyway",
    ),
)

_AGREEMENT = (
    _rule(
        "R56",
        "The clause on the electronic form",
        "MP 2.200-2/2001 art. 10 §2; Lei 14.063/2020 art. 4; CPC art. 784 §4",
        "topics.negotiation:terms bot.storage.agreement_record:record_of",
    ),
    _rule(
        "R57",
        "What the record holds; changing one byte is found",
        "ours",
        "bot.storage.agreement_record:record_of",
        gap="all but hashes, PDF and signature",
    ),
    _rule(
        "R58",
        "Only an unequivocal yes right after the full terms; 6 hours",
        "ours",
        "consent:is_unequivocal_yes agreements:agree topics.confirm:accept",
        "offer.expires_hours",
    ),
    _rule(
        "R59",
        "Regret within 7 days; receipts; discharge letter",
        "CDC art. 49; CC arts. 319-320; Lei 12.007/2009",
        "agreements:Agreement.cancelled topics.payment:cancel_agreement",
        confirmed=False,
        gap="receipts and the letter by a person",
    ),
)

_PLATFORMS = (
    _rule(
        "R60",
        "WhatsApp is locked for an agency until a written approval is on file",
        "WhatsApp Business Messaging Policy",
        "contact_rules:may_contact policy:whatsapp_is_locked",
        "creditor.mode contact.whatsapp_approval",
    ),
    _rule(
        "R61",
        "Only with opt-in, its proof kept",
        "WhatsApp Business Messaging Policy",
        "contact_rules:may_contact contact_terms:contact_faults",
        "contact.opt_in",
        gap="the import has no column for a person's own proof",
    ),
    _rule(
        "R62",
        "Free text within 24 h of the person's last message, else an approved template",
        "WhatsApp Business Messaging Policy",
        "contact_rules:may_contact bot.usecases.deliver_messages:DeliverMessages",
        "contact.templates",
        gap="the channel cannot send templates yet",
    ),
    _rule(
        "R66",
        "Telegram: the person begins, by an opaque, single-use, expiring link; R10 still applies",
        "Telegram Bot API",
        "bot.deep_links:make_link contact_rules:may_contact",
    ),
    _rule(
        "R67",
        "Idempotent webhooks; audio, pictures and files get a kind answer",
        "the providers' retries",
        "bot.usecases.receive_message:ReceiveMessage bot.usecases.take_turns:TakeTurns",
    ),
    _rule(
        "R68",
        "Federally regulated: protocol number, answer in 7 days",
        "Decreto 11.034/2022",
        "topics.service:request_human",
        "creditor.federally_regulated",
        gap="the number and the duty",
    ),
    _rule(
        "R69",
        "A person on the first request; certain matters always; told when",
        "good practice",
        "topics.common:hand_over topics.service:request_human",
        gap="no summary for the agent, no console yet",
    ),
    _rule(
        "R71",
        "What a debtor writes changes no limit; the largest discount is never revealed",
        "ours",
        "proposals:decide policy:Policy.discount_at",
        "discounts.ceiling",
    ),
)

RULES: tuple[Rule, ...] = (
    *_DIGNITY,
    *_WHO,
    *_WHEN,
    *_LISTING,
    *_MONEY,
    *_VULNERABLE,
    *_DATA,
    *_AGREEMENT,
    *_PLATFORMS,
)
