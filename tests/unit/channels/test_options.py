"""What people type back at numbered lines, and where long texts are cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.options import match_option, split_text, with_numbered_lines
from bot.domain.messages import Option


def options(*titles: str) -> tuple[Option, ...]:
    return tuple(Option(title, f"/payload_{number}") for number, title in enumerate(titles))


TERMS = options("Pagar à vista", "Parcelar em 2x", "Falar com uma pessoa")


class TestWithNumberedLines:
    def test_options_stand_below_the_text_with_their_numbers(self) -> None:
        text = with_numbered_lines("Como prefere?", options("Sim", "Não\nobrigado"))

        assert text == "Como prefere?\n\n1. Sim\n2. Não obrigado"

    def test_a_text_without_options_stays_as_it_is(self) -> None:
        assert with_numbered_lines("Olá!", ()) == "Olá!"


class TestMatchOption:
    @pytest.mark.parametrize(
        "typed",
        [
            "2",
            "2.",
            "2)",
            " 2 ",
            "#2",
            "2️⃣",
            "*2*",
            "opção 2",
            "Opcao 2",
            "a 2",
            "a opção 2",
            "nº 2",
            "quero a 2",
            "opção número 2",
            "eu prefiro a 2",
            "2ª",
        ],
    )
    def test_a_number_picks_its_line(self, typed: str) -> None:
        assert match_option(typed, TERMS) == 1

    @pytest.mark.parametrize(
        "typed",
        ["Pagar à vista", "pagar a vista", "PAGAR À VISTA!", "quero pagar à vista", "Pagar à vista, por favor"],
    )
    def test_the_words_of_a_title_pick_it(self, typed: str) -> None:
        assert match_option(typed, TERMS) == 0

    @pytest.mark.parametrize(
        "typed",
        [
            "",
            "?",
            "😀",
            "0",
            "4",
            "99",
            "1 e 2",
            "1 ou 2",
            "dia 1",
            "1 real",
            "1x",
            "1?",
            "não",
            "a 1 não",
            "12345",
            "não quero pagar à vista",
            "pagar à vista?",
            "pagar em 3x",
            "quero",
            "pode ser",
            "acho que a primeira",
        ],
    )
    def test_anything_in_doubt_is_left_to_the_dialogue(self, typed: str) -> None:
        assert match_option(typed, TERMS) is None

    @pytest.mark.parametrize("typed", ["acordo", "sim, mas só dia 25", "aceito?", "não aceito", "ok"])
    def test_half_of_a_title_accepts_nothing(self, typed: str) -> None:
        assert match_option(typed, options("Aceito o acordo", "Não, obrigado")) is None

    def test_words_that_fit_two_titles_pick_none(self) -> None:
        assert match_option("parcelar", options("Parcelar", "parcelar")) is None
        assert match_option("pagar à vista", options("Pagar à vista hoje", "Pagar à vista amanhã")) is None

    def test_a_no_picks_only_a_title_that_says_no(self) -> None:
        assert match_option("não", options("Sim", "Não")) == 1
        assert match_option("nao obrigado", options("Sim, obrigado", "Não, obrigado")) == 1

    def test_without_options_nothing_is_picked(self) -> None:
        assert match_option("1", ()) is None

    @given(text=st.text(max_size=40), titles=st.lists(st.text(max_size=12), max_size=5))
    def test_the_pick_is_always_one_of_the_options(self, text: str, titles: list[str]) -> None:
        picked = match_option(text, options(*titles))

        assert picked is None or 0 <= picked < len(titles)

    @given(st.lists(st.sampled_from(["Sim", "Não", "Pagar à vista", "Parcelar", "Outro dia"]), unique=True, min_size=1))
    def test_every_title_picks_itself(self, titles: list[str]) -> None:
        for index, title in enumerate(titles):
            assert match_option(title.upper(), options(*titles)) == index


class TestSplitText:
    def test_a_short_text_stays_whole(self) -> None:
        assert split_text("Olá!", 10) == ["Olá!"]

    def test_paragraphs_stay_together_where_they_fit(self) -> None:
        assert split_text("Um parágrafo.\n\nOutro parágrafo.", 20) == ["Um parágrafo.", "Outro parágrafo."]

    def test_sentences_stay_together_where_paragraphs_do_not_fit(self) -> None:
        assert split_text("Uma frase aqui. Outra frase ali.", 20) == ["Uma frase aqui.", "Outra frase ali."]

    def test_words_stay_whole_where_sentences_do_not_fit(self) -> None:
        assert split_text("palavras sem ponto nenhum", 10) == ["palavras", "sem ponto", "nenhum"]

    def test_a_word_that_is_too_long_is_cut(self) -> None:
        assert split_text("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]

    def test_a_limit_below_one_is_a_mistake(self) -> None:
        with pytest.raises(ValueError, match="limit"):
            split_text("oi", 0)

    @given(text=st.text(alphabet="ab .!\n", max_size=200), limit=st.integers(1, 50))
    def test_no_piece_is_too_long_and_no_letter_is_lost(self, text: str, limit: int) -> None:
        pieces = split_text(text, limit)

        assert all(0 < len(piece) <= limit for piece in pieces)
        assert "".join("".join(pieces).split()) == "".join(text.split())
