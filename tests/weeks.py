"""A week of follow-ups in a second: people of a test's own, a clock that is moved from moment to moment, and a worker
that does each job of the follow-ups when it is due.

Nothing here decides: the planner, the governor and the database are the real ones.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from core.db.pool import Connection, Pool
from core.domain.follow_ups import Trigger
from core.domain.people import Profile
from core.integrations.queue import Job, Queue
from core.prompts.prompt_set import PromptSet
from core.world import triggers
from core.world.follow_ups import FollowUps
from core.world.planner import Planner
from tests.brendas import MovedClock
from tests.worlds import insert, load_prompts

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""9:00 in Mexico City, 10:00 in Bogotá, 12:00 in Buenos Aires, 16:00 in Madrid."""
TICK = timedelta(minutes=30)
"""How often the planner looks; in the program it is every minute."""

Action = Callable[[], Awaitable[object]]


@dataclass
class Week:
    """`clock` stands at the present of the test; `outcomes` tells what became of everything."""

    pool: Pool
    queue: Queue
    clock: MovedClock = field(default_factory=lambda: MovedClock(MONDAY))
    prompts: PromptSet = field(default_factory=load_prompts)
    rounds: int = 0
    _actions: list[tuple[datetime, int, Action]] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: count(1))

    @property
    def follow_ups(self) -> FollowUps:
        return FollowUps(self.pool, self.queue, lambda: self.prompts, self.clock, samples=True)

    @property
    def planner(self) -> Planner:
        return Planner(self.pool, self.queue, lambda: self.prompts, self.clock)

    async def begin(self) -> "Week":
        """The planner has looked at everything until now."""
        await self.query("update follow_up_scan set scanned_until = %s", self.clock())
        return self

    async def person(
        self, chat: str, country: str | None = None, marketing: bool = True, stage: str = "conversation", **fields: Any
    ) -> UUID:
        """Somebody who accepted the notice, and perhaps the news."""
        row = {
            "channel": "telegram",
            "chat": chat,
            "name": chat.title(),
            "stage": stage,
            "profile": Jsonb(Profile(country=country).model_dump(exclude_none=True)),
            "created_at": self.clock(),
            "last_seen_at": self.clock(),
        }
        lead = UUID(str((await insert(self.pool, "leads", row | fields))["id"]))
        await self.tick_consent(lead, "talk", True)
        if marketing:
            await self.tick_consent(lead, "marketing", True)
        return lead

    async def tick_consent(self, lead: UUID, kind: str, granted: bool) -> None:
        row = {"lead_id": lead, "kind": kind, "granted": granted, "text_version": "v", "at": self.clock()}
        await insert(self.pool, "consents", row | {"key": f"{lead}:{kind}:{next(self._numbers)}"})

    async def talk(self, lead: UUID, says: str, answer: str = "", **reading: Any) -> str:
        """One turn, as a turn is recorded; its id."""
        turn = f"turn-{next(self._numbers)}"
        row = {"lead_id": lead, "turn_id": turn, "position": 0, "created_at": self.clock()}
        await insert(self.pool, "messages", row | {"author": "lead", "text": says, "payload": Jsonb(reading)})
        if answer:
            await insert(self.pool, "messages", row | {"author": "brenda", "text": answer})
        await self.query("update leads set last_seen_at = %s where id = %s", self.clock(), lead)
        return turn

    async def trigger(self, lead: UUID, kind: Trigger, key: str = "k", **more: Any) -> None:
        async with self.pool.connection() as conn, conn.transaction():
            await triggers.trigger(conn, self.queue, lead, kind, f"{lead}:{key}", self.clock(), **more)

    async def with_connection(self, work: Callable[[Connection], Awaitable[Any]]) -> Any:
        async with self.pool.connection() as conn, conn.transaction():
            return await work(conn)

    def at(self, moment: datetime, action: Action) -> None:
        """Let something happen at a moment to come."""
        self._actions.append((moment, next(self._numbers), action))

    async def play(self, until: datetime) -> None:
        """Move from one moment at which something happens to the next."""
        tick = self.clock()
        while True:
            coming = [moment for moment, _, _ in self._actions] + await self._due_jobs()
            now = max(min([*coming, tick]), self.clock())
            if now > until:
                break
            self.clock.now = now
            await self._act(now)
            if tick <= now:
                await self.planner.plan()
                tick += TICK
            await self.work()
        self.clock.now = until

    async def work(self) -> int:
        """Do the jobs that are due, each once; how many."""
        done = 0
        while rows := await self.query(
            "delete from procrastinate_jobs where id = (select id from procrastinate_jobs where task_name = %s "
            "and coalesce(scheduled_at, %s) <= %s order by scheduled_at nulls first, id limit 1) returning args",
            Job.FOLLOW_UP.value,
            self.clock(),
            self.clock(),
        ):
            await self.follow_ups.attend(rows[0]["args"]["follow_up"])
            done += 1
        self.rounds += done
        return done

    async def _due_jobs(self) -> list[datetime]:
        query = "select min(coalesce(scheduled_at, %s)) as at from procrastinate_jobs where task_name = %s"
        [row] = await self.query(query, self.clock(), Job.FOLLOW_UP.value)
        return [row["at"]] if row["at"] else []

    async def _act(self, now: datetime) -> None:
        due = sorted(action for action in self._actions if action[0] <= now)
        self._actions = [action for action in self._actions if action[0] > now]
        for _, _, act in due:
            await act()

    async def outcomes(self) -> list[tuple[str, str, str, str, str]]:
        """(chat, trigger, status, reason, decided at as "Tue 15:10") in the order of chats and triggers."""
        rows = await self.query(
            "select chat, kind, follow_ups.status, coalesce(reason, '') as reason, decided_at from follow_ups "
            "join leads on leads.id = lead_id order by chat, decided_at nulls last, follow_ups.id"
        )
        return [(row["chat"], row["kind"], row["status"], row["reason"], _told(row["decided_at"])) for row in rows]

    async def query(self, query: str, *values: object) -> list[dict[str, Any]]:
        async with self.pool.connection() as conn:
            cursor = await conn.execute(query.encode(), values or None)
            return await cursor.fetchall() if cursor.description else []


def _told(moment: datetime | None) -> str:
    return f"{moment:%a %H:%M}" if moment else ""
