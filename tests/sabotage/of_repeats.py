"""Guards of reports that repeat others: who is taken for the same person, and what a repeat may join (X-11)."""

from typing import Final

from tests.sabotage.guard import Guard

WINDOW: Final = "tests/component/intake/test_saying_again.py"
ROUTES: Final = "tests/requirements/test_x_11_special_routes.py"
JOINING: Final = "tests/unit/ledger/test_repeating.py"
STORE: Final = "tests/wire/ledger/test_repeats.py"

OF_REPEATS: Final = (
    Guard(
        name="only the same person repeats",
        file="services/intake/domain/repeats.py",
        old='    mac = blake2b(f"{who}/{said(form.text)}".encode(),',
        new="    mac = blake2b(said(form.text).encode(),",
        seen_by=f"{WINDOW}::test_another_person_who_says_the_same_at_once_repeats_nothing",
    ),
    Guard(
        name="a repeat is about the same place, lane and accused",
        file="services/intake/handlers/writing_down.py",
        old="    return next((report.report_id for report in same if is_repeat(report, one.admitted)), None)\n",
        new="    return next((report.report_id for report in same), None)\n",
        seen_by=f"{ROUTES}::test_who_reports_the_same_again_is_told_how_far_it_is",
    ),
    Guard(
        name="what was not accepted is repeated by nobody",
        file="services/intake/domain/lately.py",
        old="            del self._said[mark]\n",
        new="            pass\n",
        seen_by=f"{WINDOW}::test_what_could_not_be_written_is_repeated_by_nobody",
    ),
    Guard(
        name="a repeat joins no case of another lane",
        file="services/ledger/domain/life/merging.py",
        old="    if row.lane != into.lane:\n",
        new="    if not row.lane:\n",
        seen_by=f"{STORE}::test_a_repeat_in_a_lane_others_may_not_see_joins_nothing_of_the_ordinary_one",
    ),
    Guard(
        name="whether a repeat may join is asked before it is opened",
        file="services/ledger/domain/life/repeating.py",
        old="            refuse_to_merge(self._begun[case_id], survivor)\n",
        new="            pass\n",
        seen_by=f"{JOINING}::test_a_repeat_that_may_not_join_is_a_case_of_its_own",
    ),
    Guard(
        name="an emergency joins nothing",
        file="services/ledger/domain/life/repeating.py",
        old=' or decision.urgency == "emergency":\n',
        new=":\n",
        seen_by=f"{JOINING}::test_an_emergency_stands_alone",
    ),
    Guard(
        name="a repeat that comes twice joins once",
        file="services/ledger/store/opening.py",
        old=" for decision in decided if not repeats.is_known(decision)]\n",
        new=" for decision in decided]\n",
        also=(
            '            raise asyncpg.SerializationError("another process opened one of these cases meanwhile")\n',
            "            pass\n",
        ),
        seen_by=f"{STORE}::test_a_batch_that_comes_twice_joins_each_repeat_once",
    ),
    Guard(
        name="what a repeat joins is settled first",
        file="services/ledger/store/repeating.py",
        old="            await settle_all(connection, taken, cities)\n",
        new="            pass\n",
        seen_by="tests/wire/ledger/test_aside.py::test_who_repeats_the_broken_case_has_one_of_their_own_meanwhile",
    ),
)
