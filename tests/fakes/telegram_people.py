"""People in front of the fake Telegram: each method is something that a person does, as Telegram would tell a bot."""

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fakes.telegram_server import FakeTelegram

Fields = dict[str, Any]
_FILE = {"file_id": "theirs", "file_unique_id": "theirs"}


def entities(text: str) -> list[Fields]:
    """The entities that Telegram finds by itself in plain text: commands and mentions."""
    found = []
    for kind, pattern in (("bot_command", r"(?<!\S)/\w+(@\w+)?"), ("mention", r"(?<!\S)@\w+")):
        for match in re.finditer(pattern, text):
            offset = len(text[: match.start()].encode("utf-16-le", "surrogatepass")) // 2
            found.append({"type": kind, "offset": offset, "length": len(match[0])})
    return found


@dataclass
class FakeUser:
    """A person. `chat` is their number and that of their private chat; `group` is where they write, if not there."""

    server: "FakeTelegram"
    chat: int
    name: str = "Ana"
    group: int | None = None
    last_message: Fields = field(default_factory=dict)

    async def says(self, text: str, **extra: Any) -> int:
        """Write; the update's number."""
        return await self._sends(text=text, **({"entities": entities(text)} if entities(text) else {}), **extra)

    async def replies(self, text: str, to: int) -> int:
        """Answer a message of the bot."""
        replied = {"message_id": to, "date": 1, "chat": self.place(), "text": "…"}
        return await self.says(text, reply_to_message=replied)

    async def forwards(self, text: str) -> int:
        """Forward somebody's words."""
        origin = {"type": "hidden_user", "sender_user_name": "Otra", "date": 1}
        return await self.says(text, forward_origin=origin)

    async def edits(self, text: str) -> int:
        """Change the words of the last message."""
        changed = self.last_message | {"text": text, "edit_date": int(time.time())}
        return await self.server.push("edited_message", changed)

    async def sends_sticker(self, emoji: str = "👍") -> int:
        """Send a sticker."""
        sticker = {**_FILE, "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}
        return await self._sends(sticker=sticker | {"emoji": emoji})

    async def sends_voice(self) -> int:
        """Send a voice message."""
        return await self._sends(voice={**_FILE, "duration": 3})

    async def sends_photo(self, caption: str = "") -> int:
        """Send a photo."""
        return await self._sends(
            photo=[{**_FILE, "width": 1, "height": 1}], **({"caption": caption} if caption else {})
        )

    async def sends_document(self, file_name: str = "cv.pdf") -> int:
        """Send a document."""
        return await self._sends(document={**_FILE, "file_name": file_name})

    async def sends_location(self) -> int:
        """Send a place."""
        return await self._sends(location={"latitude": 19.4, "longitude": -99.1})

    async def presses(self, label: str, query_id: str = "query") -> int:
        """Press the newest button with this label in the chat."""
        for sent in reversed(self.server.sent):
            for button in sent.buttons:
                if sent.chat == self.place()["id"] and button["text"] == label:
                    return await self.presses_data(button.get("callback_data", ""), sent.message_id, query_id)
        raise AssertionError(f"no button {label!r} in chat {self.chat}")

    async def presses_data(self, data: str, message_id: int, query_id: str = "query") -> int:
        """Press a button that holds this data, be it genuine or not."""
        message = {"message_id": message_id, "date": 1, "chat": self.place(), "text": "…"}
        query = {"id": query_id, "from": self.person(), "chat_instance": "1", "data": data, "message": message}
        return await self.server.push("callback_query", query)

    async def is_about_to_pay(self, payload: str, stars: int, query_id: str = "checkout") -> int:
        """Press "pay" in an invoice over Stars: Telegram asks before it charges."""
        query = {"id": query_id, "from": self.person(), "currency": "XTR", "total_amount": stars}
        return await self.server.push("pre_checkout_query", query | {"invoice_payload": payload})

    async def pays(self, payload: str, stars: int, charge: str = "charge-1") -> int:
        """The Stars were charged."""
        return await self._sends(successful_payment=_stars(payload, stars, charge) | {"provider_payment_charge_id": ""})

    async def gets_back(self, payload: str, stars: int, charge: str = "charge-1") -> int:
        """The Stars were given back."""
        return await self._sends(refunded_payment=_stars(payload, stars, charge))

    async def blocks(self) -> int:
        """Shut the bot out."""
        self.server.blocked.add(self.chat)
        return await self._member("member", "kicked")

    async def unblocks(self) -> int:
        """Let the bot in again."""
        self.server.blocked.discard(self.chat)
        return await self._member("kicked", "member")

    def person(self) -> Fields:
        """As the sender of something."""
        return {"id": self.chat, "is_bot": False, "first_name": self.name}

    def place(self) -> Fields:
        """The chat in which they write."""
        if self.group is not None:
            return {"id": self.group, "type": "supergroup", "title": "Grupo"}
        return {"id": self.chat, "type": "private", "first_name": self.name}

    async def _sends(self, **content: Any) -> int:
        self.last_message = {
            "message_id": self.server.next_message_id(),
            "date": int(time.time()),
            "chat": self.place(),
            "from": self.person(),
            **content,
        }
        return await self.server.push("message", self.last_message)

    async def _member(self, before: str, after: str) -> int:
        bot = {"id": int(self.server.token.partition(":")[0]), "is_bot": True, "first_name": "Brenda"}
        change = {"chat": self.place(), "from": self.person(), "date": int(time.time())}
        states = {"old_chat_member": _state(bot, before), "new_chat_member": _state(bot, after)}
        return await self.server.push("my_chat_member", change | states)


def _stars(payload: str, stars: int, charge: str) -> Fields:
    money = {"currency": "XTR", "total_amount": stars, "invoice_payload": payload}
    return money | {"telegram_payment_charge_id": charge}


def _state(bot: Fields, status: str) -> Fields:
    return {"user": bot, "status": status} | ({"until_date": 0} if status == "kicked" else {})
