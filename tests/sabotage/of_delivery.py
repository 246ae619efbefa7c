"""Guards of delivery: nothing is acknowledged that did not take effect, nothing is skipped, nothing is made twice."""

from typing import Final

from tests.sabotage.guard import Guard

PUMPS: Final = "tests/contract/chassis/test_pumps.py"
FINISH: Final = "tests/component/chassis/test_finish.py"
CRASH: Final = f"{PUMPS}::test_a_crash_acknowledges_nothing_and_the_third_makes_a_dead_letter"
RELAY: Final = "tests/wire/chassis/test_relay.py"

OF_DELIVERY: Final = (
    Guard(
        name="crash-only exit: Faust's pump",
        file="services/chassis/delivery/faust_pump.py",
        old="                self._end(error)\n",
        new="                raise\n",
        seen_by=f"{CRASH}[faust]",
    ),
    Guard(
        name="crash-only exit: aiokafka's pump",
        file="services/chassis/delivery/kafka_pump.py",
        old=("                await self._finishing.finish(messages, reading.event_type, reading.handle)\n"),
        new=(
            "                try:\n"
            "                    await self._finishing.finish(messages, reading.event_type, reading.handle)\n"
            "                except Exception:\n"
            "                    pass\n"
        ),
        seen_by=f"{CRASH}[aiokafka]",
    ),
    Guard(
        name="one agent at a time",
        file="services/chassis/delivery/faust_app.py",
        old="any(agent.concurrency != 1 for agent in app.agents.values())",
        new="False",
        seen_by="tests/unit/chassis/test_faust_app.py::test_agents_side_by_side_are_refused",
    ),
    Guard(
        name="the crash count",
        file="services/chassis/delivery/finish.py",
        old="            await self._blame(error)\n",
        new="",
        seen_by=f"{FINISH}::test_anything_unexpected_is_raised_and_counted_against_the_batch",
    ),
    Guard(
        name="too many dead letters are a bad deploy",
        file="services/chassis/delivery/finish.py",
        old="            self.rate.dead()\n",
        new="            pass\n",
        seen_by=f"{FINISH}::test_twenty_dead_letters_in_a_row_are_bad_data_and_one_more_is_a_bad_deploy",
    ),
    Guard(
        name="a topic made anew ends the process",
        file="services/chassis/delivery/offsets.py",
        old="        elif reached > end:\n",
        new="        elif reached < 0:\n",
        seen_by="tests/component/chassis/test_offsets.py::test_an_end_below_what_was_reached_ends_the_process",
    ),
    Guard(
        name="the one await on a send",
        file="services/chassis/delivery/producer.py",
        old="            await asyncio.gather(*waiting)\n",
        new="            pass\n",
        seen_by=f"{RELAY}::test_what_a_broker_has_not_confirmed_is_not_said_to_be_sent",
    ),
    Guard(
        name="sent before forgotten",
        file="services/chassis/delivery/relay.py",
        old="        sent = await self._send(free)\n",
        new=(
            "        await self._source.forget([record.seq for record in free])\n"
            "        sent = await self._send(free)\n"
        ),
        seen_by="tests/component/chassis/test_relay.py::test_what_is_being_sent_is_still_pending",
    ),
    Guard(
        name="never `seq > last`",
        file="services/chassis/delivery/pending.py",
        old="        return [self._row(row) for row in await connection.fetch(self._read_sql, limit, list(held))]\n",
        new=(
            "        last = getattr(self, 'last', 0)\n"
            "        read = [self._row(row) for row in await connection.fetch(self._read_sql, limit, list(held))]\n"
            "        self.last = max([last, *(row.seq for row in read)])\n"
            "        return [row for row in read if row.seq > last]\n"
        ),
        seen_by=f"{RELAY}::test_a_row_committed_after_a_later_one_was_sent_is_sent_too",
    ),
    Guard(
        name="one relay at a time",
        file="services/chassis/delivery/pending.py",
        old="        return connection if self._holds_lock else None\n",
        new="        return connection\n",
        seen_by=f"{RELAY}::test_only_one_of_two_relays_reads_and_the_other_takes_over",
    ),
    Guard(
        name="a message has a natural key",
        file="services/notify/sql/0001_notify.sql",
        old="    primary key (case_id, version, recipient),\n",
        new="",
        seen_by="tests/contract/notify/test_book.py::test_a_redelivered_message_is_written_once[postgres]",
    ),
    Guard(
        name="nothing is lost before everybody has passed it",
        file="services/reconciler/domain/gate.py",
        old=">= noted for place, noted in self._ends.items())\n",
        new=">= 0 for place, noted in self._ends.items())\n",
        seen_by="tests/unit/reconciler/test_gate.py",
    ),
)
