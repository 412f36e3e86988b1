"""The seeded state machine that plays a person: what they mean to do, one act after the other, until a rule or the end.

Each turn has four parts: read the reply, tell whether the act was met, leave if a rule says so, and else do the next
act. An act that was not met is tried again in other words. Real people resist: who trusts little says an objection
twice, and one that was not taken away cools the wish that stood behind it.
"""

import random
from collections import deque

from evals.prospect import Habit, Seen
from evals.prospects.agenda import Act, Kind, agenda
from evals.prospects.contract import breaches
from evals.prospects.leaving import Moment, reason_to_leave
from evals.prospects.memory import Memory
from evals.prospects.person import Person
from evals.prospects.sight import Look
from evals.prospects.typing_style import typed
from evals.steps import Commands, Happens, Presses, Says, Sends, Step, Waits, WorldEvent

EASILY_CONVINCED, BY_TRUST = 0.3, 0.6
"""An objection that was taken up is gone with this chance, and the more the person trusts (added)."""
BUTTON_SHARE, STICKER_SHARE = 0.5, 0.15
LONGEST_PAUSE = 8
AWAY = "2 days"
COURTESIES = (Kind.GREET, Kind.CHAT, Kind.THANK, Kind.POSTPONE, Kind.BACK, Kind.REFUSE, Kind.INSIST_NO)
UNANSWERED_ACTS = (Kind.OPEN, Kind.DO, Kind.WAIT)
"""What is done outside the chat: it is over when it is done, whatever comes of it."""
EVENTS = {
    (Kind.OPEN, "buy"): WorldEvent.OPENS_PAYMENT,
    (Kind.DO, "buy"): WorldEvent.PAID,
    (Kind.OPEN, "demo"): WorldEvent.OPENS_DEMO,
    (Kind.DO, "demo"): WorldEvent.BOOKS_DEMO,
}


class Machine:
    """One person in one conversation."""

    def __init__(self, person: Person, draws: random.Random) -> None:
        self.faults: list[str] = []
        self.left_because = ""
        self._person, self._draws = person, draws
        self._left = deque(agenda(person, draws))
        self._memory = Memory()
        self._act: Act | None = None
        self._look: Look | None = None
        self._number = 0
        self._ending = "done"

    async def next(self, seen: Seen | None) -> Step | None:
        """What they do now; None when they have left."""
        if self.left_because:
            self.faults.append("is asked to write after having left")
            return None
        if seen is not None and seen.number != self._number:
            self._number = seen.number
            self._read(Look.at(seen.turn))
        step = None if self.left_because else self._door() or self._following()
        if step is None:
            self.left_because = self.left_because or self._ending
        else:
            self.faults += breaches(self._person, self._memory, self._look, step)
        return step

    def _read(self, look: Look) -> None:
        """Take in a reply, settle the act that it answers, and leave if a rule says so."""
        memory, act = self._memory, self._act
        memory.note(look)
        self._look = look
        met = act is not None and self._met(act, look)
        if act is not None:
            memory.without = 0 if met else memory.without + 1
        moment = Moment(self._person, memory, look, act, met, self._draws)
        rule = reason_to_leave(moment) if act is not None else None
        if rule is not None:
            self.left_because = rule.value
        elif act is not None:
            self._settle(act, met)

    def _met(self, act: Act, look: Look) -> bool:
        if act.kind in COURTESIES:
            return True
        if act.kind is Kind.ASK:
            return look.answers(act.name)
        if act.kind is Kind.OBJECT:
            return look.meets(act.name)
        if act.kind is Kind.OVER_BUDGET:
            return self._memory.price is not None and self._person.affords(self._memory.price)
        return self._gets(act.name, look)

    @staticmethod
    def _gets(wish: str, look: Look) -> bool:
        match wish:
            case "demo":
                return look.link_to("demo")
            case "buy":
                return look.link_to("pay")
            case "resources":
                return bool(look.files) or look.link_to("file")
            case _:
                return look.holds("silent_word")

    def _settle(self, act: Act, met: bool) -> None:
        """Whether the act is done, and what follows from it."""
        if act.kind is Kind.REFUSE and self._look is not None and self._look.holds("pressure"):
            self._left.appendleft(Act(Kind.INSIST_NO))
        if act.kind is Kind.OBJECT and act.tries >= act.most:
            self._weigh(met)
        if act.kind is Kind.WANT and met and act.name == "human":
            self._left.clear()  # whoever waits for a person has said what they had to say
        if act.kind is Kind.WANT and met:
            self._ending = f"got what they came for: {act.name}"
            self._left.extendleft(reversed(self._use_of(act.name)))
        done = act.tries >= act.most or (met and act.kind is not Kind.OBJECT)
        self._act = None if done else act

    def _weigh(self, met: bool) -> None:
        """What an objection leaves behind when it was said for the last time."""
        if met and self._draws.random() < EASILY_CONVINCED + BY_TRUST * self._person.trust:
            return
        cold = [act for act in self._left if act.kind is Kind.WANT and act.name in ("buy", "demo")]
        if cold:
            self._ending = "not convinced"
            self._left = deque([*(act for act in self._left if act not in cold), Act(Kind.POSTPONE)])

    def _use_of(self, wish: str) -> list[Act]:
        """What they do with a link that they hold."""
        price = self._memory.price
        affords = price is not None and self._person.affords(price)
        if wish == "buy" and self._person.likes_to(Habit.PAY) and affords:
            return [Act(Kind.OPEN, "buy"), Act(Kind.DO, "buy")]
        if wish == "demo" and self._person.likes_to(Habit.BOOK):
            return [Act(Kind.OPEN, "demo"), Act(Kind.DO, "demo")]
        return []

    def _door(self) -> Step | None:
        """The way in, where a scenario begins before it: the notice, and the name."""
        look = self._look
        if look is None or self._act is not None:
            return None
        if label := look.button_for("consent"):
            return Presses(presses=label)
        return Says(says=self._person.persona.name) if look.holds("asks_name") else None

    def _following(self) -> Step | None:
        act = self._act or (self._left.popleft() if self._left else None)
        if act is None:
            return None
        act = self._before(act)
        self._act = act
        if act.kind is not Kind.ASK and self._draws.random() < STICKER_SHARE and act.tries == 0:
            sticker = self._sticker(act)
            if sticker is not None:
                return sticker
        act.tries += 1
        self._act = None if act.kind in UNANSWERED_ACTS else act
        return self._step(act)

    def _before(self, act: Act) -> Act:
        """What must come first: nobody asks to pay what they have no price of, or cannot pay."""
        price = self._memory.price
        if act.kind is not Kind.WANT or act.name != "buy" or act.tries:
            return act
        if price is not None and self._person.affords(price):
            return act
        self._left.appendleft(act)
        return Act(Kind.ASK, "price", most=2) if price is None else Act(Kind.OVER_BUDGET)

    def _sticker(self, act: Act) -> Step | None:
        if not self._person.likes_to(Habit.SEND_STICKERS) or act.kind not in (Kind.GREET, Kind.THANK):
            return None
        act.tries += 1
        return Sends(sends="sticker")

    def _step(self, act: Act) -> Step:
        after = f"{self._draws.randint(1, LONGEST_PAUSE)} minutes"
        if act.kind is Kind.WAIT:
            return Waits(waits=AWAY)
        if (act.kind, act.name) in EVENTS:
            return Happens(world=EVENTS[act.kind, act.name], after=after)
        if act.kind is Kind.REFUSE:
            self._memory.refused, self._ending = True, "said no"
        label = self._button(act)
        if label is not None:
            return Presses(presses=label, after=after)
        return self._says(act, after)

    def _button(self, act: Act) -> str | None:
        wants_to = self._person.likes_to(Habit.PRESS_BUTTONS) and act.tries == 1
        if not wants_to or act.kind not in (Kind.ASK, Kind.WANT) or self._look is None:
            return None
        label = self._look.button_for(act.name)
        return label if label and self._draws.random() < BUTTON_SHARE else None

    def _says(self, act: Act, after: str) -> Says | Commands:
        key = "haggle" if act.kind is Kind.OVER_BUDGET and self._person.likes_to(Habit.HAGGLE) else act.words
        words = self._person.words.draw(key, self._draws, self._memory.said)
        self._memory.said.append(words)
        lines = typed(words, self._person.persona.typing, self._draws)
        return Says(says=lines if len(lines) > 1 else lines[0], after=after)
