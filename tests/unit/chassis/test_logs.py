"""Logs: no personal data, no floods."""

import logging

import pytest

from services.chassis.logs import enforce_information_level, masked
from services.chassis.thinning import Thinning


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("请回电13812345678谢谢", "请回电138********谢谢", id="mobile-between-characters"),
        pytest.param("+86 138-1234-5678", "138********", id="mobile-with-country-code"),
        pytest.param("身份证110105199003071234。", "身份证110105************。", id="identity-number"),
        pytest.param("11010519900307123X", "110105************", id="identity-number-ending-in-x"),
        pytest.param("Bearer abcdefghijklmnop", "Bearer ***", id="token"),
        pytest.param("postgresql://u:pw@h/db", "postgresql://u:***@h/db", id="password-in-an-address"),
        pytest.param("case 20261122-000138-7", "case 20261122-000138-7", id="a-case-number-stays"),
        pytest.param("0190a1b2-1381-7234-5678-000000000000", "0190a1b2-1381-7234-5678-000000000000", id="an-id-stays"),
    ],
)
def test_personal_data_is_masked_and_numbers_of_ours_stay(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_line_has_an_end() -> None:
    assert len(masked("x" * 1_000_000)) < 5_000


class Hands:
    """A clock that only the test moves."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


def record(name: str, template: str, *args: object) -> logging.LogRecord:
    return logging.LogRecord(name, logging.INFO, __file__, 1, template, args, None)


def test_a_flood_is_one_line_a_second_with_a_count() -> None:
    hands = Hands()
    thinning = Thinning(["aiokafka"], hands)

    passed = [thinning.filter(record("aiokafka.client", "no broker %s", n)) for n in range(300)]
    hands.at = 1.5
    last = record("aiokafka.client", "no broker %s", 300)

    assert sum(passed) == 1
    assert thinning.filter(last)
    assert last.getMessage() == "no broker 300 (and 299 more like this)"


def test_other_loggers_and_other_messages_pass() -> None:
    thinning = Thinning(["aiokafka"], Hands())

    assert all(thinning.filter(record("whistle.router", "same")) for _ in range(3))
    assert thinning.filter(record("aiokafka.client", "one"))
    assert thinning.filter(record("aiokafka.client", "two"))


def test_a_client_that_would_print_keys_and_values_is_kept_at_information() -> None:
    logger = logging.getLogger("probe.client")
    logger.setLevel(logging.DEBUG)

    enforce_information_level(logger, "INFO")

    assert not logger.isEnabledFor(logging.DEBUG)
