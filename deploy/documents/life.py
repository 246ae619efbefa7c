"""docs/life-of-a-case.md: every row of the transition table, generated from it."""

from collections.abc import Iterable
from typing import Final

from services.ledger.domain.life.table import TABLE
from services.ledger.domain.life.transition import OPEN, WORKING, Transition

HEAD: Final = """# The life of a case

Generated from the [transition table](../services/ledger/domain/life/table.py) by `make docs`.

- An act is asked of the desk under its name; the fact is what `case.progressed.v1` then says.
- *Working* are {working}; *open* are these, consulting and handled.
- An act that leaves the state as it is, or decides it by what was asked, has none in *to*.

| act | who | from | to | needs | fact |
|---|---|---|---|---|---|
"""


def life_page() -> str:
    """Return the page, an act a line in the table's order."""
    head = HEAD.format(working=_listed(WORKING))
    return head + "".join(_line(transition) for transition in TABLE.values())


def _line(transition: Transition) -> str:
    act = str(transition.act.__struct_config__.tag)  # type: ignore[attr-defined]  # every act is a tagged struct
    who = (transition.by.__doc__ or "").strip().splitlines()[0].partition(":")[0].rstrip(".")
    to = transition.to or ""
    cells = (f"`{act}`", who, _from(transition.source), to, transition.needs, f"`{transition.fact}`")
    return f"| {' | '.join(cells)} |\n"


def _from(source: frozenset[str]) -> str:
    named = ((frozenset(OPEN), "open"), (frozenset(WORKING), "working"))
    for states, name in named:
        if states <= source:
            rest = source - states
            return f"{name}, {_listed(rest)}" if rest else name
    missing = frozenset(OPEN) - source
    return f"open but {_listed(missing)}" if len(missing) == 1 and source < frozenset(OPEN) else _listed(source)


def _listed(states: Iterable[str]) -> str:
    return ", ".join(sorted(states))
