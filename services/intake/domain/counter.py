"""What a clerk takes in for a resident: whoever it was, and the paper it was written on (S3-04)."""

import re
from datetime import date, timedelta
from typing import Final
from unicodedata import normalize

import msgspec

from services.contracts.events.report import TakenIn
from services.intake.domain.form import ReportForm
from services.intake.domain.masking import masked
from services.intake.domain.refusals import RefusedError

AGE_MAX: Final = timedelta(days=366)
"""An older date is rather a slip of the pen."""
_BLANK: Final = re.compile(r"\s+")
_NUMBER: Final = re.compile(r"[0-9A-Z一-鿿][0-9A-Z一-鿿\-_/.()〔〕\[\]]{0,39}")


def paper_number(written: str) -> str:
    """Return a paper's number as it is compared: width, case and blanks do not count.

    Raises:
        RefusedError: it is no number of a paper, or somebody's phone or identity number.
    """
    number = _BLANK.sub("", normalize("NFKC", written)).upper()
    if _NUMBER.fullmatch(number) is None:
        raise RefusedError("paper", "letters, digits and - _ / . ( ) only, at most 40")
    if masked(number) != number:
        raise RefusedError("paper", "reads like a phone, identity or plate number")
    return number


def taken_in(form: ReportForm, clerk: TakenIn | None) -> TakenIn | None:
    """Return by whom and from which paper the report was taken in at a counter; None where nobody did.

    Raises:
        RefusedError: a paper without its date or the other way round, or one that came by another channel.
    """
    if form.channel != "counter":
        if form.paper is not None or form.reported_on is not None:
            raise RefusedError("paper", "is of the channel counter")
        return None
    if (form.paper is None) != (form.reported_on is None):
        raise RefusedError("reported_on" if form.paper else "paper", "a paper has a number and a date")
    if clerk is None or form.paper is None:
        return clerk
    return msgspec.structs.replace(clerk, paper=paper_number(form.paper), reported_on=form.reported_on)


def check_date(reported_on: date, today: date) -> None:
    """Raise RefusedError for a date that a paper handed in `today` cannot have."""
    if not today - AGE_MAX <= reported_on <= today:
        raise RefusedError("reported_on", "in the future, or more than a year ago")
