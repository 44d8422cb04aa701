"""Pix codes, read back by an independent parser (`pixcanvas`) and with the CRC of the standard library."""

from __future__ import annotations

import binascii
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pixcanvas import parse_pix, validate_pix

from bot.domain.money import Money
from bot.domain.pix import LARGEST_AMOUNT, LONGEST_CITY, LONGEST_NAME, pix_code, txid_of
from bot.domain.policy import Creditor
from tests.unit.domain.makers import a_policy

CREDITOR = a_policy().creditor


def fields(code: str) -> dict[str, str]:
    """The tag-length-value fields of a code or of one of its templates."""
    found: dict[str, str] = {}
    while code:
        tag, length = code[:2], int(code[2:4])
        assert tag not in found
        found[tag], code = code[4 : 4 + length], code[4 + length :]
    return found


def crc(code: str) -> str:
    """CRC-16/CCITT-FALSE over everything before the four digits themselves."""
    return f"{binascii.crc_hqx(code[:-4].encode(), 0xFFFF):04X}"


def creditors() -> st.SearchStrategy[Creditor]:
    """Creditors with any kind of key, and names and cities as people type them."""
    digits = st.text("0123456789", min_size=1, max_size=1)
    cpf_or_cnpj = st.sampled_from(["52998224725", "11222333000181"])
    phone = st.integers(11_9000_00000, 99_9999_99999).map(lambda n: f"+55{n}")
    email = st.from_regex(r"[a-z0-9.]{1,30}[a-z0-9]@[a-z0-9]{1,20}\.(com|com\.br|example)", fullmatch=True)
    random_key = st.uuids(version=4).map(str)
    words = st.text(
        st.characters(min_codepoint=0x20, max_codepoint=0x17F, exclude_categories=["Cc"]), min_size=0, max_size=60
    )
    name = st.tuples(st.sampled_from("ABCÁÇÉx7"), words, digits).map("".join)
    return st.builds(
        lambda key, legal_name, city: replace(CREDITOR, pix_key=key, legal_name=legal_name, city=city),
        st.one_of(cpf_or_cnpj, phone, email, random_key),
        name,
        name,
    )


@settings(max_examples=1_000, deadline=None)
@given(
    creditor=creditors(),
    amount=st.integers(1, LARGEST_AMOUNT.centavos).map(Money),
    agreement_id=st.uuids(),
    number=st.integers(1, 999),
)
def test_every_code_reads_back_as_what_was_put_in(
    creditor: Creditor, amount: Money, agreement_id: UUID, number: int
) -> None:
    # given
    txid = txid_of(agreement_id, number)

    # when
    code = pix_code(creditor, amount, txid)

    # then: an independent parser accepts it
    result = validate_pix(code)
    assert result.is_valid, result.errors
    assert result.warnings == ()
    assert result.pix is not None
    assert result.pix.txid == txid
    assert result.pix.amount == amount.to_decimal()

    # and so does a plain reading; of keys above all, as the parser takes any with the digits of a CPF for a CPF
    root = fields(code)
    name, city = root["59"], root["60"]
    assert result.pix.merchant_name == name.upper()
    assert result.pix.merchant_city == city.upper()
    assert 1 <= len(name) <= LONGEST_NAME
    assert 1 <= len(city) <= LONGEST_CITY
    assert code.isascii()
    assert code.isprintable()
    assert root["54"] == f"{amount.centavos // 100}.{amount.centavos % 100:02d}"
    assert fields(root["26"])["01"] == creditor.pix_key
    assert fields(root["62"])["05"] == txid
    assert "01" not in root
    assert root["63"] == crc(code)


def test_accents_go_and_a_long_name_is_cut_without_a_trailing_blank() -> None:
    # given
    creditor = replace(CREDITOR, legal_name="Móveis São João do Sertão Ltda.", city="São José dos Campos")

    # when
    parsed = fields(pix_code(creditor, Money(10_00), "A1"))

    # then
    assert parsed["59"] == "Moveis Sao Joao do Sertao"
    assert parsed["60"] == "Sao Jose dos Ca"
    assert fields(pix_code(replace(creditor, legal_name="a" * 24 + " b"), Money(1), "A1"))["59"] == "a" * 24


def test_an_alphanumeric_cnpj_is_a_key() -> None:
    code = pix_code(replace(CREDITOR, pix_key="12ABC34501DE35"), Money(10_00), "A1")

    assert fields(fields(code)["26"])["01"] == "12ABC34501DE35"
    assert fields(code)["63"] == crc(code)


@pytest.mark.parametrize("key", ["11222333000181", "+5511988887777", "pix@loja.example", str(UUID(int=2**127))])
def test_the_parser_finds_the_same_key(key: str) -> None:
    assert parse_pix(pix_code(replace(CREDITOR, pix_key=key), Money(1), "A1")).pix_key == key


def test_one_changed_character_is_found() -> None:
    code = pix_code(CREDITOR, Money(10_00), "A1")

    assert parse_pix(code).amount == Decimal("10.00")
    assert not validate_pix(code.replace("10.00", "90.00")).is_valid


def test_a_txid_is_stable_and_names_the_installment() -> None:
    agreement_id = UUID("0f8fad5b-d9cb-469f-a165-70867728950e")

    assert txid_of(agreement_id, 7) == "0F8FAD5BD9CB469FA16570007"
    assert txid_of(agreement_id, 7) == txid_of(agreement_id, 7)
    assert len({txid_of(agreement_id, n) for n in range(1, 121)}) == 120


@pytest.mark.parametrize("number", [0, -1, 1_000])
def test_a_number_that_no_plan_has_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="installment number"):
        txid_of(UUID(int=1), number)


@pytest.mark.parametrize("centavos", [0, -1, LARGEST_AMOUNT.centavos + 1])
def test_an_amount_that_nobody_can_pay_is_refused(centavos: int) -> None:
    with pytest.raises(ValueError, match="amount"):
        pix_code(CREDITOR, Money(centavos), "A1")


@pytest.mark.parametrize("txid", ["", "com espaço", "a-b", "á", "1" * 26, "A1\n", "***"])
def test_a_txid_that_banks_refuse_is_refused(txid: str) -> None:
    with pytest.raises(ValueError, match="txid"):
        pix_code(CREDITOR, Money(1), txid)


@pytest.mark.parametrize("change", [{"pix_key": " "}, {"pix_key": "é@x.br"}, {"pix_key": "a" * 78}])
def test_a_key_that_fits_no_code_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="Pix key"):
        pix_code(replace(CREDITOR, **change), Money(1), "A1")


@pytest.mark.parametrize("field", ["legal_name", "city"])
def test_a_name_without_any_plain_letter_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match="can stand"):
        pix_code(replace(CREDITOR, **{field: "商店"}), Money(1), "A1")
