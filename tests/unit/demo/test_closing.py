"""The demo's last words, and its end by Ctrl-C."""

import os
import pty
import re
import sys
from pathlib import Path
from typing import get_args
from uuid import UUID

from deploy.demo.accounts import DemoAccount, accounts_of
from deploy.demo.closing import closing_lines, width
from deploy.demo.preparing import DISTRICT
from deploy.embedded.state import PROJECT
from services.reference.sheets.persons import PersonRole

URLS = {"intake-api": "http://127.0.0.1:8101", "desk": "http://127.0.0.1:8105"}
LIVING = """
import threading
from deploy.demo.terminal import end_by_signals, in_the_foreground
with in_the_foreground():
    end_by_signals()
    try:
        print("living", flush=True)
        threading.Event().wait(30)
    except KeyboardInterrupt:
        print("ended", flush=True)
"""


def test_every_role_has_an_account_and_no_line_is_wider_than_a_terminal() -> None:
    accounts = accounts_of(DISTRICT)

    lines = list(closing_lines(URLS, accounts))

    assert all(any(account.password in line and account.name in line for line in lines) for account in accounts)
    assert {account.role for account in accounts} == set(get_args(PersonRole))
    assert len({account.person_id for account in accounts}) == len(accounts), "a person has one account"
    assert [line for line in lines if width(line) > 80 and "http" not in line and not line.endswith(":")] == []


def test_names_of_two_columns_a_character_stand_in_line() -> None:
    accounts = [
        DemoAccount("a", "secret-1", "clerk", "drainage", name, UUID(int=1)) for name in ("任桂英", "欧阳小龙", "Li")
    ]

    told = list(closing_lines(URLS, accounts))[-3:]

    assert [re.sub(r"^ a secret-1 ", "", line) for line in told] == [
        "任桂英, drainage", "欧阳小龙, drainage", "Li, drainage",
    ]  # fmt: skip


def test_ctrl_c_at_a_terminal_ends_the_demo_and_make_is_content(tmp_path: Path) -> None:
    script, makefile, said = tmp_path / "living.py", tmp_path / "Makefile", bytearray()
    script.write_text(LIVING, encoding="utf-8")
    makefile.write_text(f"demo:\n\t@PYTHONPATH={PROJECT} {sys.executable} {script}\n", encoding="utf-8")

    def read(terminal: int) -> bytes:
        said.extend(shown := os.read(terminal, 4096))
        if b"living" in shown:
            os.write(terminal, b"\x03")
        return shown

    status = pty.spawn(["make", "--no-print-directory", "-f", str(makefile), "demo"], read)

    assert os.waitstatus_to_exitcode(status) == 0, said
    assert b"ended" in said
    assert b"Interrupt" not in said
