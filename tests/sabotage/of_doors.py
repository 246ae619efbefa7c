"""Guards at the doors: who may read and write, and what never leaves."""

from typing import Final

from tests.sabotage.guard import Guard

STORE: Final = "tests/wire/ledger/test_store.py"

OF_DOORS: Final = (
    Guard(
        name="a report has a natural key",
        file="services/intake/store/reports.py",
        old="        from given where client_key is null or report_id in (select made_id from claimed)\n",
        new="        from given\n",
        seen_by=(
            "tests/contract/intake/test_reports.py::test_a_known_key_gives_what_it_made_and_writes_nothing[postgres]"
        ),
    ),
    Guard(
        name="masking",
        file="services/intake/domain/admission.py",
        old="else masked(text)\n",
        new="else text\n",
        seen_by="tests/unit/intake/test_admission.py::test_raw_text_is_kept_apart_only_where_it_differs",
    ),
    Guard(
        name="a sensitive report travels without a word",
        file="services/intake/domain/admission.py",
        old='    shown_text = None if lane != "ordinary" or not text else',
        new="    shown_text = None if not text else",
        seen_by="tests/unit/intake/test_admission.py::test_a_sensitive_report_travels_in_its_lane_without_a_word",
    ),
    Guard(
        name="what is added about a unit does not reach it",
        file="services/intake/domain/separate.py",
        old="    return sees_it or _is_of_another_lane(verdict, reported.facts.lane)\n",
        new="    return _is_of_another_lane(verdict, reported.facts.lane)\n",
        seen_by="tests/unit/intake/test_separate.py::test_what_its_people_may_not_read_does_not_reach_a_case",
    ),
    Guard(
        name="row-level security",
        file="services/ledger/sql/0004_who_sees.sql",
        old="                units && (select identity.current_units())\n",
        new="                true\n",
        seen_by=f"{STORE}::test_desk_sees_its_own_rows_only_and_writes_none",
    ),
    Guard(
        name="a lane hides its cases below the application too",
        file="services/ledger/sql/0004_who_sees.sql",
        old=(
            "                and not barred_units && (select identity.current_units())\n"
            "                and lane = any ((select identity.current_lanes())::text[]))\n"
        ),
        new="                and not barred_units && (select identity.current_units()))\n",
        seen_by=(
            "tests/requirements/test_s4_04_sensitive_lane.py"
            "::test_row_level_security_hides_it_from_whoever_asks_past_the_application"
        ),
    ),
    Guard(
        name="take leaves out other people's cases",
        file="services/ledger/sql/0310_takes_say_less.sql",
        old="            where c.case_id = any (case_ids) and c.units && person.units\n",
        new="            where c.case_id = any (case_ids)\n",
        seen_by=f"{STORE}::test_somebody_elses_case_does_not_exist",
    ),
    Guard(
        name="acts together: each is shown what its own asker may see",
        file="services/ledger/sql/0310_takes_say_less.sql",
        old="        where c.units && a.units and not c.barred_units && a.units and c.lane = any (a.lanes)\n",
        new="",
        seen_by="tests/wire/ledger/test_acting_together.py::test_taken_is_only_what_its_own_asker_may_see",
    ),
    Guard(
        name="an act needs a token",
        file="services/ledger/sql/0002_take_and_write.sql",
        old="    if token_hash is null and session_user",
        new="    if false and session_user",
        seen_by=f"{STORE}::test_desk_sees_its_own_rows_only_and_writes_none",
    ),
    Guard(
        name="who drafted does not publish",
        file="services/reference/sql/*.sql",
        old="    if drafted.drafted_by = person then\n",
        new="    if false then\n",
        seen_by="tests/wire/reference/test_publishing.py::test_one_person_alone_publishes_nothing",
    ),
    Guard(
        name="a message leaves for allowed addresses only",
        file="services/notify/domain/addresses.py",
        old="    return plain.is_global and not plain.is_multicast and not is_in(plain, DENIED)\n",
        new="    return plain.is_global\n",
        seen_by="tests/unit/notify/test_addresses.py",
    ),
)
