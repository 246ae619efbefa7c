"""Guards of a case: who changes it, when a step takes effect, what the tables refuse."""

from typing import Final

from tests.sabotage.guard import Guard

UNIT: Final = "tests/unit/ledger"
STORE: Final = "tests/wire/ledger/test_store.py"
LOCKED: Final = "tests/wire/ledger/test_locked.py"
TOGETHER: Final = "tests/wire/ledger/test_acting_together.py"
SQL: Final = "services/ledger/sql"
SECOND: Final = f"{LOCKED}::test_who_comes_second_waits_and_then_sees_what_was_done_and_what_time_it_is"

OF_CASES: Final = (
    Guard(
        name="settle first",
        file="services/ledger/store/acting.py",
        old="    await settle_all(connection, taken, cities, {act.asking.case_id: act.asking.act for act in acts})\n",
        new="",
        seen_by=f"{STORE}::test_a_refused_act_still_commits_what_was_settled",
    ),
    Guard(
        name="never early",
        file="services/ledger/domain/settling.py",
        old="clock.next_at <= now]",
        new="clock.next_at - now < now - case.case.accepted_at]",
        seen_by=f"{UNIT}/test_settling.py",
    ),
    Guard(
        name="never early, in the table",
        file=f"{SQL}/0001_ledger.sql",
        old="    constraint never_early check (effective_at >= owed_at)\n",
        new="    constraint never_early check (true)\n",
        seen_by=f"{LOCKED}::test_a_step_is_not_written_before_its_instant",
    ),
    Guard(
        name="a step has a natural key",
        file=f"{SQL}/0001_ledger.sql",
        old="    primary key (case_id, kind, unit, cycle, step),\n",
        new="",
        seen_by=f"{LOCKED}::test_a_step_is_not_written_twice_whoever_tries",
    ),
    Guard(
        name="a case has a natural key",
        file=f"{SQL}/*.sql",
        old="        on conflict (case_id) do nothing\n        returning case_id, lane, barred_units, units\n",
        new="        returning case_id, lane, barred_units, units\n",
        seen_by=f"{STORE}::test_a_redelivered_decision_opens_its_case_once",
    ),
    Guard(
        name="the case's row lock",
        file=f"{SQL}/0310_takes_say_less.sql",
        old="where c.case_id = any (case_ids) order by c.case_id for update\n",
        new="where c.case_id = any (case_ids) order by c.case_id\n",
        seen_by=SECOND,
    ),
    Guard(
        name="now is read after the lock",
        file=f"{SQL}/0310_takes_say_less.sql",
        old="    instant timestamptz;\n    earlier json;\n",
        new="    instant timestamptz := clock.now();\n    earlier json;\n",
        also=(
            "    instant := clock.now();\n    return query\n    select instant, (select delivery",
            "    return query\n    select instant, (select delivery",
        ),
        seen_by=SECOND,
    ),
    Guard(
        name="a write refuses any version but the next",
        file=f"{SQL}/0270_acts_cost_what_they_change.sql",
        old="    where c.case_id = x.case_id and c.version = x.found_version\n",
        new="    where c.case_id = x.case_id\n",
        seen_by=f"{LOCKED}::test_what_was_decided_on_an_older_version_is_not_written",
    ),
    Guard(
        name="a write refuses what is somebody else's",
        file=f"{SQL}/0270_acts_cost_what_they_change.sql",
        old="      and (person.person_id is null\n",
        new="      and (true\n",
        seen_by=f"{LOCKED}::test_what_is_somebody_elses_is_not_written",
    ),
    Guard(
        name="acts together: a write refuses what is not its asker's",
        file=f"{SQL}/0300_acts_together.sql",
        old="    if theirs <> jsonb_array_length(changes -> 'cases') then\n",
        new="    if false then\n",
        seen_by=f"{TOGETHER}::test_whoever_has_one_case_does_not_write_another_under_it",
    ),
    Guard(
        name="a person's write is of its cases only",
        file=f"{SQL}/0300_acts_together.sql",
        old="    if not jsonb_path_query_array(changes, '$.cases[*].case_id')",
        new="    if false and jsonb_path_query_array(changes, '$.cases[*].case_id')",
        seen_by=f"{TOGETHER}::test_rows_of_a_case_that_is_not_written_are_not_written",
    ),
    Guard(
        name="owed steps never move: a pause",
        file="services/ledger/domain/adjusting.py",
        old="        if adjustment.since >= instant or (not_before is not None and adjustment.since < not_before):\n",
        new="        if adjustment.since >= instant:\n",
        seen_by=f"{UNIT}/test_pausing.py",
    ),
    Guard(
        name="owed steps never move: a new version",
        file="services/ledger/domain/moving.py",
        old="            settle(case, now, city, until=version.active_from)\n",
        new="",
        seen_by=f"{UNIT}/test_moving.py",
    ),
    Guard(
        name="a decision nobody awaits changes nothing",
        file="services/ledger/domain/life/opening.py",
        old="    if decision.attempt != row.attempt_awaited:\n",
        new="    if decision.attempt < row.attempt:\n",
        seen_by=f"{UNIT}/test_life.py::test_a_decision_nobody_has_asked_for_is_recorded_once_and_moves_nothing",
    ),
    Guard(
        name="one lead at a time",
        file=f"{SQL}/0001_ledger.sql",
        old="create unique index one_lead_per_case",
        new="create index one_lead_per_case",
        seen_by=f"{LOCKED}::test_a_second_lead_is_not_written_beside_the_first",
    ),
    Guard(
        name="the verifier is another person",
        file="services/ledger/domain/life/who.py",
        old="    return (looks or verifying(case, asker)) and asker.person_id != row.handler\n",
        new="    return looks or verifying(case, asker)\n",
        seen_by=f"{UNIT}/test_life.py::test_whoever_handled_cannot_verify",
    ),
    Guard(
        name="who reports it as solved handled it",
        file=f"{SQL}/0220_solved_by.sql",
        old="'{report,reported_by}'",
        new="'{report,nobody}'",
        seen_by=("tests/requirements/test_x_08_verifier.py::test_who_reported_it_as_solved_does_not_look_at_it"),
    ),
    Guard(
        name="an accused unit never leads",
        file="services/ledger/domain/life/opening.py",
        old="    accused = set(barred)\n",
        new="    accused: set[str] = set()\n",
        seen_by=f"{UNIT}/test_life.py::test_an_accused_unit_never_leads_cooperates_or_sees",
    ),
    Guard(
        name="an accused unit gets nothing, in the table",
        file=f"{SQL}/0001_ledger.sql",
        old="    constraint an_accused_unit_gets_nothing check (not unit = any (barred_units))\n",
        new="    constraint an_accused_unit_gets_nothing check (true)\n",
        seen_by=f"{LOCKED}::test_an_accused_unit_is_not_given_a_part_whatever_was_decided",
    ),
    Guard(
        name="nothing is alike across lanes",
        file="services/ledger/domain/likeness.py",
        old="    if one.lane != other.lane:\n        return APART\n",
        new="",
        seen_by=f"{UNIT}/test_likeness.py",
    ),
    Guard(
        name="nothing is merged across lanes",
        file="services/ledger/domain/life/merging.py",
        old="    if row.lane != into.lane:\n",
        new="    if not row.lane:\n",
        seen_by=f"{UNIT}/test_merging.py",
    ),
    Guard(
        name="the repeat of an act",
        file="services/ledger/store/acting.py",
        old="        if taken.answered is not None:\n",
        new="        if False:\n",
        seen_by=f"{STORE}::test_a_repeated_act_answers_the_same_and_does_nothing",
    ),
    Guard(
        name="If-Match",
        file="services/ledger/store/acting.py",
        old="    if act.asking.if_match != revision:\n",
        new="    if False:\n",
        seen_by=f"{STORE}::test_an_old_revision_is_refused_but_a_blue_mark_does_not_make_a_click_fail",
    ),
)
