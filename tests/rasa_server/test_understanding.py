"""The classifier kept and read back, and what context makes of its ranking."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from trato_rasa.parse import parse_lines
from trato_rasa.understanding import Context, Meaning, Ranking, Thresholds, understand
from trato_rasa.vote import IntentVote

NOW = datetime.fromisoformat("2026-11-18T10:00:00-03:00")
EXAMPLES = {
    "greet": ["oi", "bom dia", "olá tudo bem", "boa tarde", "opa beleza", "e aí"],
    "ask_debt": [
        "quanto eu devo",
        "qual o valor da dívida",
        "tem algo em aberto",
        "me fala quanto tá",
        "quanto falta",
        "quanto é",
    ],
    "report_payment": [
        "já paguei isso",
        "fiz o pix ontem",
        "já quitei",
        "segue o comprovante",
        "paguei semana passada",
        "tá pago",
    ],
    "opt_out": [
        "para de mandar mensagem",
        "me tira da lista",
        "sair",
        "não me chame mais",
        "cancela o envio",
        "chega de mensagem",
    ],
}


@pytest.fixture(scope="module")
def vote() -> IntentVote:
    texts = [text for examples in EXAMPLES.values() for text in examples]
    intents = [intent for intent, examples in EXAMPLES.items() for _ in examples]
    return IntentVote(("query",)).fit(texts, intents)


def read(text: str, ranking: Ranking, *, asked: str | None = None, options: int | None = None) -> Meaning:
    """What is made of a ranking that stands for any classifier's."""
    context = Context(NOW, asked, options)
    return understand(text, context=context, thresholds=Thresholds(), rankings=lambda texts: [ranking for _ in texts])


def values(meaning: Meaning) -> dict[str, str | int]:
    return {one.entity: one.value for one in meaning.found}


def test_a_kept_model_ranks_as_the_one_that_was_trained(vote: IntentVote, tmp_path: Path) -> None:
    vote.save(tmp_path)
    restored = IntentVote.load(tmp_path)
    for text in ("bom diaaa", "quanto q eu devo?", "já paguei, vc não viu?"):
        for (name, share), (other, same) in zip(vote.ranking(text), restored.ranking(text), strict=True):
            assert name == other
            assert share == pytest.approx(same, abs=1e-5)


def test_ranks_all_intents_best_first_with_shares_that_add_up_to_one(vote: IntentVote) -> None:
    ranking = vote.ranking("já paguei")
    assert ranking[0][0] == "report_payment"
    assert [share for _, share in ranking] == sorted((share for _, share in ranking), reverse=True)
    assert sum(share for _, share in ranking) == pytest.approx(1.0)


@pytest.mark.parametrize("text", ["", "   ", "🫥🧿", "...", "zxqw bvnm plkj"])
def test_gives_no_intent_where_there_is_nothing_to_read(vote: IntentVote, text: str) -> None:
    meaning = understand(text, context=Context(NOW), thresholds=Thresholds(), rankings=vote.rankings)
    assert (meaning.intent, meaning.confidence, meaning.decision) == (None, 0.0, "ask")


def test_parses_a_line_of_text_into_a_line_of_json(vote: IntentVote) -> None:
    lines = list(parse_lines(["oi\n", "\n"], vote=vote, thresholds=Thresholds(), now=NOW))
    assert '"intent": "greet"' in lines[0]
    assert '"intent": null' in lines[1]


UNSURE: Ranking = [("chitchat", 0.3), ("deny", 0.2), ("affirm", 0.1), ("greet", 0.05)]


@pytest.mark.parametrize(
    ("asked", "text", "intent", "entities"),
    [
        ("due_date", "10", "promise_to_pay", {"date": "2026-12-10"}),
        ("due_date", "dia 10", "promise_to_pay", {"date": "2026-12-10"}),
        ("promise", "sexta", "promise_to_pay", {"date": "2026-11-20"}),
        ("installments", "10", "ask_installments", {"installments": 10}),
        ("installments", "em três", "ask_installments", {"installments": 3}),
        ("rating", "10", "give_rating", {"rating": 10}),
        ("debt", "2", "choose_option", {"option": 2}),
        ("way", "a segunda", "choose_option", {"option": 2}),
        ("options", "1", "choose_option", {"option": 1}),
        ("amount", "150", "counter_offer", {"amount": "150.00"}),
        ("income", "1.500", "counter_offer", {"amount": "1500.00"}),
        ("identity", "529.982.247-25", "inform_identity", {"cpf": "52998224725"}),
        ("identity", "3/4/85", "inform_identity", {"birth_date": "1985-04-03"}),
        (None, "52998224725", "inform_identity", {"cpf": "52998224725"}),
        (None, "joao@gmail.com", "update_contact", {"email": "joao@gmail.com"}),
        (None, "R$ 150", "counter_offer", {"amount": "150.00"}),
    ],
)
def test_reads_a_bare_value_by_what_was_asked(
    asked: str | None, text: str, intent: str, entities: dict[str, str | int]
) -> None:
    meaning = read(text, UNSURE, asked=asked, options=3)
    assert meaning.intent == intent
    assert values(meaning) == entities
    assert meaning.decision == "act"


@pytest.mark.parametrize("asked", ["due_date", "installments", "options", "identity", "accept"])
def test_leaves_a_bare_yes_a_yes(asked: str) -> None:
    assert read("sim", [("affirm", 0.9), ("deny", 0.1)], asked=asked, options=3).intent == "affirm"


def test_takes_a_name_for_an_identity_only_where_identity_was_asked() -> None:
    assert read("João da Silva", UNSURE, asked="identity").intent == "inform_identity"
    assert read("João da Silva", UNSURE).intent == "chitchat"


def test_keeps_a_clear_meaning_although_a_value_was_asked() -> None:
    assert read("não conheço essa dívida do dia 10", [("dispute_debt", 0.9)], asked="due_date").intent == "dispute_debt"


def test_acts_when_sure_confirms_when_less_and_asks_when_lost() -> None:
    assert read("x", [("ask_pix", 0.9), ("ask_boleto", 0.1)]).decision == "act"
    assert read("x", [("ask_pix", 0.4), ("ask_boleto", 0.1)]).decision == "confirm"
    assert read("x", [("ask_pix", 0.2), ("ask_boleto", 0.1)]).decision == "ask"


def test_asks_about_a_protective_intent_even_when_another_one_is_on_top() -> None:
    meaning = read("x", [("complain", 0.6), ("opt_out", 0.3)])
    assert (meaning.intent, meaning.decision, meaning.doubt) == ("complain", "confirm", "opt_out")


def test_of_two_meanings_the_more_important_one_wins_and_the_other_is_told() -> None:
    # given
    by_text = {
        "já paguei isso, mas quanto falta ainda?": [("ask_debt", 0.6), ("report_payment", 0.35)],
        "já paguei isso": [("report_payment", 0.95)],
        "quanto falta ainda": [("ask_debt", 0.9)],
    }

    # when
    meaning = understand(
        "já paguei isso, mas quanto falta ainda?",
        context=Context(NOW),
        thresholds=Thresholds(),
        rankings=lambda texts: [by_text[text] for text in texts],
    )

    # then
    assert (meaning.intent, meaning.also) == ("report_payment", "ask_debt")
    assert meaning.ranking[0][0] == "report_payment"


def test_reads_time_question_and_options_from_metadata_and_survives_nonsense() -> None:
    context = Context.of({"now": "2026-01-02T03:04:05Z", "asked": "way", "options": 2}, now=NOW)
    assert (context.now.isoformat(), context.asked, context.options) == ("2026-01-02T03:04:05+00:00", "way", 2)
    assert Context.of({"now": "soon", "asked": 3, "options": True}, now=NOW) == Context(NOW)
    assert Context.of(None, now=NOW) == Context(NOW)
