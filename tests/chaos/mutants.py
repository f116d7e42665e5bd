"""Ways to break a guarantee in one place, each with the test that must notice."""

from dataclasses import dataclass

E2E = "tests/e2e/test_guarantees.py::test_"
STORY = "tests/e2e/test_published_demand.py::test_"
OUTAGES = "tests/e2e/test_outages.py::test_"
COMMON = "tests/integration/common/"
MATCHER = "tests/integration/matcher/"
BROKER = "tests/integration/broker/"
NOTIFY = "tests/integration/notify/"

_ADD_APART = """

def _add_apart(session: AsyncSession, row: OutboxRow) -> None:
    async def add() -> None:
        async with AsyncSession(session.bind) as other, other.begin():
            other.add(row)

    asyncio.get_running_loop().create_task(add())
"""


@dataclass(frozen=True)
class Mutant:
    """In `file`, `whole` (found exactly once) becomes `broken`, with `appended` at its end; then `test` must fail."""

    name: str
    what: str
    file: str
    whole: str
    broken: str
    test: str
    appended: str = ""


MUTANTS = (
    Mutant(
        "commit-order",
        "1: the reply leaves before the commit",
        "libs/common/database.py",
        'Depends(_request_session, scope="function")',
        'Depends(_request_session, scope="request")',
        f"{E2E}a_reply_is_a_promise_even_if_the_server_dies_with_it",
    ),
    Mutant(
        "outbox-forgotten",
        "2: a change is stored, its event is not",
        "libs/common/outbox.py",
        "    session.add(\n        OutboxRow(\n",
        "    (\n        OutboxRow(\n",
        f"{STORY}the_firm_that_fits_hears_of_it_on_its_subject",
    ),
    Mutant(
        "outbox-apart",
        "2: the event is stored in a transaction of its own",
        "libs/common/outbox.py",
        "    session.add(\n        OutboxRow(\n",
        "    _add_apart(\n        session,\n        OutboxRow(\n",
        f"{COMMON}test_relay.py::test_what_is_rolled_back_is_not_announced",
        _ADD_APART,
    ),
    Mutant(
        "relay-silent",
        "2: the relay publishes nothing",
        "libs/common/relay.py",
        "        if not rows:\n            return False\n",
        "        return False\n",
        f"{STORY}the_firm_that_fits_hears_of_it_on_its_subject",
    ),
    Mutant(
        "inbox-forgetful",
        "3: every event counts as new",
        "libs/common/inbox.py",
        "return (await session.execute(row.returning(InboxRow.event_id))).first() is not None",
        "await session.execute(row)\n    return True",
        f"{E2E}an_event_that_comes_again_has_no_second_effect",
    ),
    Mutant(
        "inbox-forgetful-matcher",
        "3: the same, seen at the matcher",
        "libs/common/inbox.py",
        "return (await session.execute(row.returning(InboxRow.event_id))).first() is not None",
        "await session.execute(row)\n    return True",
        f"{E2E}a_demand_that_comes_again_has_no_second_effect",
    ),
    Mutant(
        "version-ignored",
        "3: an older demand overwrites a newer one",
        "services/matcher/subjects/demands/repository.py",
        "        where=DemandCopy.version < fresh.excluded.version,\n",
        "",
        f"{E2E}an_older_version_never_overwrites_a_newer_one",
    ),
    Mutant(
        "refill-missing",
        "4: a wiped stream is not filled again",
        "libs/common/relay.py",
        "            count = await outbox.announce_again(session, self._stream, not_in=state.created_at)\n",
        "            count = 0\n",
        f"{E2E}a_broker_that_loses_its_disk_loses_no_demand",
    ),
    Mutant(
        "refill-missing-notify",
        "4: the same, seen by a subscriber",
        "libs/common/relay.py",
        "            count = await outbox.announce_again(session, self._stream, not_in=state.created_at)\n",
        "            count = 0\n",
        f"{E2E}a_broker_that_loses_its_disk_keeps_what_was_told",
    ),
    Mutant(
        "tail-unchecked",
        "4: a stream that lost its newest events passes for whole",
        "libs/common/relay.py",
        "        if state is not None and await self._has_lost_its_tail(state):\n",
        "        if False:\n",
        f"{COMMON}test_relay.py::test_a_stream_that_lost_its_tail_is_refilled",
    ),
    Mutant(
        "acknowledged-early",
        "2: an event is acknowledged before it is applied",
        "libs/common/bus.py",
        "    await message.in_progress()\n",
        "    await message.ack()\n",
        f"{COMMON}test_relay.py::test_an_event_whose_handler_fails_comes_back",
    ),
    Mutant(
        "key-forgotten",
        "Idempotency-Key: a repeated request has a second effect",
        "libs/common/idempotency.py",
        "    if row.status is not None:\n        raise Replay(row)\n",
        "",
        f"{COMMON}test_requests.py::test_a_repeated_post_gets_the_first_reply_and_has_one_effect",
    ),
    Mutant(
        "delivery-unattempted",
        "5: a refused webhook is given up at once",
        "services/notify/backoff.py",
        "    if failures_count > len(DELAYS_S):\n",
        "    if failures_count:\n",
        f"{STORY}a_refused_webhook_comes_again_with_the_same_id_and_body",
    ),
    Mutant(
        "lease-endless",
        "7: what a killed worker had in hand stays with it",
        "services/matcher/jobs/repository.py",
        "    free = or_(Job.leased_until.is_(None), Job.leased_until < at)\n",
        "    free = or_(Job.leased_until.is_(None), Job.leased_until < Job.enqueued_at)\n",
        "tests/integration/matcher/test_guarantees.py::test_a_worker_killed_between_embedding_and_commit_loses_nothing",
    ),
    Mutant(
        "signature-wrong",
        "Standard Webhooks: the id is left out of what is signed",
        "services/notify/signing.py",
        'f"{message_id}.{timestamp}."',
        'f"{timestamp}."',
        f"{STORY}a_webhook_brings_it_signed",
    ),
    Mutant(
        "private-address",
        "6: the address of a webhook is not checked when connecting",
        "services/notify/egress.py",
        "if self._is_allowed(address)]",
        "]",
        "tests/integration/notify/test_webhooks.py::test_a_private_address_is_refused_at_the_moment_of_sending",
    ),
    Mutant(
        "drain-cut",
        "SIGTERM: requests in hand are dropped",
        "libs/common/runtime.py",
        "        timeout_graceful_shutdown=int(settings.drain_s) or 1,\n",
        "        timeout_graceful_shutdown=0,\n",
        f"{OUTAGES}a_request_in_hand_is_answered_when_the_server_is_told_to_stop",
    ),
    Mutant(
        "drain-abrupt",
        "SIGTERM: kept connections close at once",
        "libs/common/server.py",
        "round(self._delay_s / POLL_S)",
        "0",
        f"{COMMON}test_drain.py::test_a_stopping_server_is_not_ready_and_still_answers",
    ),
    Mutant(
        "drain-unawaited",
        "SIGTERM: new connections close before their first request has arrived",
        "libs/common/protocol.py",
        "        if self._is_awaited:\n",
        "        if False:\n",
        f"{COMMON}test_drain.py::test_a_request_on_its_way_when_the_server_goes_is_answered",
    ),
    Mutant(
        "drain-unsaid",
        "SIGTERM: clients are not told to go on elsewhere",
        "libs/common/protocol.py",
        'if getattr(self.server_state, "is_stopping", False):',
        "if False:",
        f"{COMMON}test_drain.py::test_a_stopping_server_is_not_ready_and_still_answers",
    ),
    Mutant(
        "migration-unbounded",
        "a migration waits for a table, and everybody behind it, for as long as somebody uses it",
        "libs/common/migrations.py",
        """{"lock_timeout": f"{int(patience.lock_timeout_s * 1000)}ms", """,
        "{",
        f"{COMMON}test_migrations.py::test_every_migration_has_the_lock_time_out_also_after_one_outside_transactions",
    ),
    Mutant(
        "unreadable-endless",
        "9: an event that cannot be read is tried for ever",
        "libs/common/bus.py",
        "        return READ_TRIES\n",
        '        return float("inf")\n',
        f"{COMMON}test_dead_letters.py::test_a_storm_of_unreadable_events_leaves_the_consumer_running",
    ),
    Mutant(
        "poison-endless",
        "9: an event whose handler always fails is tried for ever",
        "libs/common/bus.py",
        'float("inf") if isinstance(error, Problem) else APPLY_TRIES',
        'float("inf")',
        f"{COMMON}test_dead_letters.py::test_an_event_whose_handler_always_fails_is_kept_too",
    ),
    Mutant(
        "outage-buried",
        "9: an event is given up because the database is away",
        "libs/common/bus.py",
        'float("inf") if isinstance(error, Problem) else APPLY_TRIES',
        "APPLY_TRIES",
        f"{COMMON}test_dead_letters.py::test_an_event_is_tried_for_as_long_as_the_database_is_away",
    ),
    Mutant(
        "dead-letter-lost",
        "9: an event is given up and not kept",
        "libs/common/runtime.py",
        "            await dead_letters.keep(session, letter, now())\n",
        "            pass\n",
        f"{MATCHER}test_events.py::test_unreadable_events_leave_the_matcher_running_and_are_replayed_once_they_can_be_read",
    ),
    Mutant(
        "dead-letter-again",
        "9: a dead letter is not terminated at the broker",
        "libs/common/bus.py",
        "await (message.term() if is_buried else message.nak(delay=delay))",
        "await message.nak(delay=delay)",
        f"{COMMON}test_dead_letters.py::test_what_was_buried_never_comes_again",
    ),
    Mutant(
        "consumer-silent",
        "9: /readyz calls a consumer well that stands still",
        "libs/common/health.py",
        "            if _is_stuck(state, now() - limit):\n",
        "            if False:\n",
        f"{COMMON}test_dead_letters.py::test_readiness_tells_of_a_consumer_that_stands_still",
    ),
    Mutant(
        "demand-forged",
        "a service may publish on any subject of the broker",
        "deploy/nats/accounts.py",
        '    return Permissions((f"{service}.>", *own, *foreign),',
        '    return Permissions((">", *own, *foreign),',
        f"{BROKER}test_services.py::test_a_demand_that_catalog_never_saw_is_refused",
    ),
    Mutant(
        "organisation-reads-all",
        "an organisation may read through another's consumer",
        "deploy/nats/accounts.py",
        "CONSUMER.MSG.NEXT.NOTIFY.{{{{name()}}}}",
        "CONSUMER.MSG.NEXT.NOTIFY.*",
        f"{BROKER}test_organisations.py::test_it_reads_nothing_else_and_writes_nothing",
    ),
    Mutant(
        "inbox-shared",
        "an organisation may hear another's replies",
        "deploy/nats/accounts.py",
        "    (f\"{inbox_of('{{name()}}')}.>\",),\n",
        '    ("_INBOX.>",),\n',
        f"{BROKER}test_organisations.py::test_it_reads_nothing_else_and_writes_nothing",
    ),
    Mutant(
        "revocation-untold",
        "revoked credentials are marked, and the broker is not told",
        "services/notify/credentials/service.py",
        "    await synchronise(session, keys, servers, at)\n    return count\n",
        "    return count\n",
        f"{BROKER}test_organisations.py::test_revoked_credentials_end_their_connections_and_open_no_other",
    ),
    Mutant(
        "database-open",
        "a service may enter another's database",
        "deploy/postgres/roles.sql",
        'REVOKE ALL ON DATABASE :"service" FROM PUBLIC;\n',
        "",
        "tests/integration/test_database_roles.py::test_it_cannot_enter_another_database",
    ),
    Mutant(
        "tls-optional",
        "a broker that offers no TLS is talked to all the same",
        "libs/common/broker_access.py",
        'not info.get("tls_required")',
        "False",
        f"{COMMON}test_tls.py::test_a_broker_that_offers_no_tls_is_not_talked_to",
    ),
    Mutant(
        "model-closed",
        "another model: requests in hand lose the encoder that they took before the switch",
        "services/matcher/vectors/encoders.py",
        "        await asyncio.sleep(IN_HAND_S)\n",
        "        pass\n",
        f"{MATCHER}test_upkeep.py::test_requests_in_hand_when_the_model_changes_are_answered",
    ),
    Mutant(
        "correlation-lost",
        "the correlation id ends at the database",
        "libs/common/outbox.py",
        "recorded_at, correlation.current())",
        "recorded_at, None)",
        f"{STORY}a_request_is_followed_from_the_demand_to_the_webhook",
    ),
    Mutant(
        "queue-one-ended",
        "the queue is served from its old end alone: a fresh publication waits for the whole backlog",
        "services/matcher/jobs/repository.py",
        "newest_first = (Job.urgency, Job.ready_at.desc())",
        "newest_first = (Job.urgency, Job.ready_at)",
        f"{MATCHER}test_lanes.py::test_a_demand_published_behind_a_backlog_is_claimed_next",
    ),
    Mutant(
        "queue-starving",
        "no part of a batch is kept for the oldest jobs",
        "services/matcher/jobs/repository.py",
        "oldest = limit // 4 or min(limit - 1, 1)",
        "oldest = 0",
        f"{MATCHER}test_lanes.py::test_the_oldest_job_advances_with_every_batch",
    ),
    Mutant(
        "turns-unfair",
        "an organisation keeps its turn until its queue is empty",
        "libs/common/turns.py",
        "self._waiting.move_to_end(organisation)",
        "self._waiting.move_to_end(organisation, last=False)",
        "tests/unit/common/test_turns.py::test_requests_of_one_organisation_keep_their_order_and_all_are_served",
    ),
    Mutant(
        "read-shared-late",
        "who comes while a read runs is answered with what it read before",
        "libs/common/lines.py",
        "                self._next = None\n                return await",
        "                return await",
        f"{COMMON}test_lines.py::test_those_who_wait_for_a_connection_share_the_next_read",
    ),
    Mutant(
        "bytes-outlive-version",
        "kept bytes are found again whatever version is the present one",
        "services/catalog/demands/repository.py",
        "PublicText(*(row[name] for name in PublicText._fields))",
        "PublicText(*({**row, 'version': 3, 'updated_at': datetime.min}[name] for name in PublicText._fields))",
        "tests/integration/catalog/test_hot_reads.py::test_what_another_process_changes_is_seen_at_once",
    ),
    Mutant(
        "token-outlives-key",
        "a token seen before is taken though its key was withdrawn",
        "libs/common/auth.py",
        "known.keys is not self._present_keys()",
        "known.keys is None",
        f"{COMMON}test_tokens.py::test_a_token_seen_before_is_refused_once_its_key_is_withdrawn",
    ),
    Mutant(
        "queue-endless",
        "who would wait beyond the limit waits all the same",
        "libs/common/turns.py",
        "> self._limit_s:",
        "> math.inf:",
        "tests/unit/common/test_turns.py::"
        "test_who_would_wait_beyond_the_limit_is_refused_at_once_with_when_to_come_back",
    ),
    Mutant(
        "turns-endless",
        "a full queue takes one request more",
        "libs/common/turns.py",
        "self.waiting_count < self._most_waiting:",
        "self.waiting_count <= self._most_waiting:",
        "tests/unit/common/test_turns.py::test_whoever_fills_the_queue_is_refused_at_once",
    ),
    Mutant(
        "urgent-behind",
        "what somebody waits for is embedded after what nobody waits for",
        "services/matcher/vectors/encoder.py",
        "self._taken(self._urgent) or self._taken(self._patient)",
        "self._taken(self._patient) or self._taken(self._urgent)",
        "tests/unit/matcher/vectors/test_encoder.py::test_the_urgent_goes_before_what_has_waited_longer",
    ),
    Mutant(
        "batch-boundless",
        "texts nobody waits for are embedded without regard to their length: a fresh demand waits for all of them",
        "services/matcher/vectors/encoder.py",
        "len(last.texts) == CHUNK or last.tokens + tokens[asked] > self.embedder.batch_tokens",
        "len(last.texts) == CHUNK",
        "tests/unit/matcher/vectors/test_encoder.py::test_nobody_urgent_waits_for_more_than_one_batch_of_the_engine",
    ),
    Mutant(
        "wish-forgotten",
        "the same wish is not recognised, and would be a second subscription",
        "services/notify/subscriptions/repository.py",
        "Subscription.wish == wish)",
        'Subscription.wish == "")',
        f"{NOTIFY}test_same_subscriptions.py::test_the_same_wish_again_is_answered_with_the_subscription_there_is",
    ),
    Mutant(
        "wishes-unlocked",
        "the same wish many times at once is looked for by all before one is stored",
        "services/notify/subscriptions/service.py",
        "lock_wishes(session, organisation)\n    same = await repository.same(session, organisation, wish",
        "count(session, organisation)\n    same = await repository.same(session, organisation, wish",
        f"{NOTIFY}test_same_subscriptions.py::test_the_same_wish_many_times_at_once_is_one_subscription_and_one_delivery",
    ),
    Mutant(
        "standing-forgotten",
        "a new subscription that asks for the matches that stand is not told of them",
        "services/notify/subscriptions/service.py",
        "        created.subscription.backfill_after = BEFORE_ALL\n",
        "        created.subscription.backfill_after = None\n",
        f"{NOTIFY}test_standing.py::test_a_new_subscription_gets_the_matches_that_stand",
    ),
    Mutant(
        "standing-short",
        "of the matches that stand only the first batch is told",
        "services/notify/deliveries/service.py",
        "matches[-1].id if len(matches) == limit else None",
        "None",
        f"{NOTIFY}test_standing.py::test_more_matches_than_one_batch_holds_are_all_told_once",
    ),
    Mutant(
        "loopback-and-more",
        "where webhooks may go to one's own machine they go to every private address",
        "services/notify/egress.py",
        "(self._allow_loopback and is_loopback_text(address))",
        "self._allow_loopback",
        "tests/unit/notify/test_egress.py::test_where_loopback_is_allowed_the_rest_of_what_is_private_stays_refused",
    ),
)
