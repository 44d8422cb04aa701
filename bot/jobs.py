"""What must survive a crash. The only module that knows procrastinate.

A job may run twice, so each is idempotent: it does what is left to do for the conversation it is given. Its lock keeps
one conversation's turns, and its deliveries, in order.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import procrastinate
import structlog
from procrastinate import JobContext, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy

from bot.domain.errors import BotError, DialogueUnavailable, TemporarilyUnavailable
from bot.ports import Clock, Transactions
from bot.storage.database import plain_url
from bot.usecases.deliver_messages import DeliverMessages
from bot.usecases.fetch_media import FetchMedia
from bot.usecases.send_code import SendCode
from bot.usecases.take_turns import TakeTurns

log = structlog.get_logger()

MOST_FAILED_TURNS = 6  # answers of "error" for one message before a person takes over
LONGEST_OUTAGE = timedelta(minutes=15)  # without any answer from Rasa before a person takes over
MOST_FETCHES = 16  # of a file, about 45 minutes; then it counts as failed
LONGEST_FETCH_PAUSE_SECONDS = 300
SWEEP_AFTER = timedelta(seconds=30)
HEARTBEAT_SECONDS = 2.0
STALLED_SECONDS = 5.0  # without a heartbeat; then a worker counts as dead
LOOK_SECONDS = 2.5  # between two looks for dead workers; longer than a heartbeat


class _UntilAnswered(BaseRetryStrategy):
    """Quick at first, then every few seconds: a person waits at the other end."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, DialogueUnavailable) and not exception.facts.get("reached"):
            return RetryDecision(retry_in={"seconds": min(1 + job.attempts, 5)})
        return RetryDecision(retry_in={"seconds": min(2**job.attempts, 30)})


class _UntilFetched(BaseRetryStrategy):
    """Soon at first, as a voice note's turn may wait; then as the provider asks."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        asked = exception.retry_after if isinstance(exception, TemporarilyUnavailable) else None
        seconds = round(asked.total_seconds()) if asked else 2 ** min(job.attempts, 12)
        return RetryDecision(retry_in={"seconds": max(1, min(seconds, LONGEST_FETCH_PAUSE_SECONDS))})


def make_queue(url: str, *, min_connections: int = 2, max_connections: int = 6) -> procrastinate.App:
    """The queue on the product's own database.

    These connections take jobs and finish them, and do not wait for the disk: a job whose end a crash forgets runs
    again, as it may at any time. Jobs are put in with what they are about (`bot/storage/queue.py`), which does wait.
    """
    connector = procrastinate.PsycopgConnector(
        conninfo=plain_url(url),
        min_size=min_connections,
        max_size=max_connections,
        kwargs={"connect_timeout": 5, "options": "-c synchronous_commit=off"},
    )
    return procrastinate.App(connector=connector)


def register_tasks(
    queue: procrastinate.App,
    *,
    take_turns: TakeTurns,
    deliver: DeliverMessages,
    fetch_media: FetchMedia,
    send_code: SendCode | None,
    transactions: Transactions,
    clock: Clock,
) -> None:
    """Bind the use cases to the names under which `bot/storage/queue.py` defers them."""

    async def deliver_all(conversation_id: str) -> None:
        """Hand over what is unsent. What must wait is taken up again then, by a job that holds no lock meanwhile."""
        pause = await deliver(UUID(conversation_id))
        if pause is not None:
            again = queue.configure_task("wake", schedule_in={"seconds": max(1, round(pause.total_seconds()))})
            await again.defer_async(conversation_id=conversation_id)

    @queue.task(name="take_turns", retry=_UntilAnswered(), pass_context=True)
    async def _take_turns(context: JobContext, conversation_id: str) -> None:
        """Turns, and at once the delivery of their answers: one job holds the conversation's lock for both."""
        failed: DialogueUnavailable | None = None
        try:
            await take_turns(UUID(conversation_id))
        except DialogueUnavailable as error:
            waited = timedelta(seconds=5 * (context.job.attempts + 1))
            failures = await take_turns.count_failure(UUID(conversation_id)) if error.facts.get("reached") else 0
            log.warning("turn_failed", conversation_id=conversation_id, failures=failures, **error.facts)
            if failures >= MOST_FAILED_TURNS or waited >= LONGEST_OUTAGE:
                await take_turns.give_up(UUID(conversation_id))
            else:
                failed = error
        await deliver_all(conversation_id)
        if failed is not None:
            raise failed

    @queue.task(name="deliver", retry=_UntilAnswered())
    async def _deliver(conversation_id: str) -> None:
        await deliver_all(conversation_id)

    @queue.task(name="wake")
    async def _wake(conversation_id: str) -> None:
        async with transactions() as work:
            await work.jobs.deliver(UUID(conversation_id))
            await work.commit()

    @queue.task(name="fetch_media", retry=_UntilFetched(), pass_context=True)
    async def _fetch_media(context: JobContext, message_id: str) -> None:
        try:
            await fetch_media(UUID(message_id))
        except Exception as error:
            attempts = context.job.attempts + 1
            code = error.code if isinstance(error, BotError) else type(error).__name__
            log.warning("fetch_failed", message_id=message_id, attempts=attempts, error=code)
            if attempts >= MOST_FETCHES:
                await fetch_media.give_up(UUID(message_id))
                return
            raise

    @queue.task(name="send_code", retry=procrastinate.RetryStrategy(max_attempts=5, exponential_wait=2))
    async def _send_code(code_id: str) -> None:
        if send_code is not None:
            await send_code(UUID(code_id))

    @queue.periodic(cron="* * * * * */20")
    @queue.task(name="sweep", queueing_lock="sweep")
    async def _sweep(timestamp: int) -> None:
        """Start again what fell between: messages without a job."""
        del timestamp
        async with transactions() as work:
            for conversation in await work.conversations.left_behind(older_than=clock.now() - SWEEP_AFTER):
                await work.jobs.take_turns(conversation)
                await work.jobs.deliver(conversation)
            await work.commit()


async def give_back_stalled(queue: procrastinate.App) -> None:
    """Give back the jobs of workers that died, for as long as this runs.

    Seen dead twice, since after PostgreSQL's restart everybody's last heartbeat is old.
    """
    manager = queue.job_manager
    suspects: set[int | None] = set()
    while True:
        try:
            stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS))
            for job in stalled:
                if job.id in suspects:
                    await manager.retry_job(job)
            suspects = {job.id for job in stalled}
        except ConnectorException as error:  # PostgreSQL is away, or another worker was quicker
            log.warning("stalled_jobs_unknown", error=type(error).__name__)
            suspects = set()
        await asyncio.sleep(LOOK_SECONDS)


async def run_worker(queue: procrastinate.App, *, concurrency: int) -> None:
    """Work until SIGTERM or SIGINT. Ends as well where PostgreSQL goes away: a new worker takes over."""
    async with queue.open_async():
        giving_back = asyncio.create_task(give_back_stalled(queue))
        try:
            await queue.run_worker_async(
                concurrency=concurrency,
                delete_jobs="successful",
                fetch_job_polling_interval=1.0,
                shutdown_graceful_timeout=20,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=STALLED_SECONDS,
            )
        finally:
            giving_back.cancel()
