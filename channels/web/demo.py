"""`/demo/{token}`: choosing the hour of a demonstration, and having it, changing it, giving it back.

The token in the path is all the right that is needed, so a form of another site can do nothing without it. Every page
works without script; the few lines there are only tell the device's time zone. With Calendly configured the page leads
on to a single-use link of theirs, and takes its place when they cannot be reached. Whoever sends the same form twice
has one booking, and who comes second for an hour is shown what is free now.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Form, Header, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from channels.web.calendar_file import CalendarWords, calendar_file
from channels.web.demo_view import booking_view, clock_of, days_of, hosts_of, moment_of, zone_choices
from channels.web.pages import HTML_ERRORS, page
from channels.web.site import Site
from core.db import bookings, courses, demo_links, events, people
from core.domain.bookings import Booking, BookingProvider, BookingStatus
from core.domain.funnel import Stage
from core.domain.people import Lead
from core.domain.plain_text import email_address
from core.domain.promises import DemoLink
from core.domain.zones import known_zone
from core.errors import ForgedLinkError, ServiceError
from core.integrations.calendly import Calendly, marked
from core.prompts.calendar import spoken
from core.world.bookings import BookingDesk, book, cancel, offers

log = structlog.get_logger(__name__)

Zone = Annotated[str, Query(alias="zona", max_length=64)]
PostedZone = Annotated[str, Form(alias="zona", max_length=64)]
Start = Annotated[str, Form(alias="inicio", max_length=40)]
Agent = Annotated[str, Header(alias="user-agent")]

_FILE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/calendar": {}}}}


@dataclass(frozen=True, slots=True)
class Visit:
    """Whose page it is. `booking` is their open one; `last` what they last booked, whatever became of it."""

    link: DemoLink
    lead: Lead
    course: str
    last: Booking | None
    now: datetime

    @property
    def booking(self) -> Booking | None:
        return self.last if self.last and self.last.is_open(self.now) else None

    @property
    def is_over(self) -> bool:
        """Whether their demonstration took place, as far as anybody knows."""
        return (
            self.last is not None
            and not self.booking
            and self.last.status
            in (
                BookingStatus.BOOKED,
                BookingStatus.HELD,
            )
        )


def router(site: Site) -> APIRouter:
    """The pages of a demonstration."""
    routes = APIRouter(prefix="/demo/{token}", default_response_class=HTMLResponse)
    reception = Reception(site, Calendly.of(site.settings, site.clock))

    @routes.get("", responses=HTML_ERRORS)
    async def look(token: str, zona: Zone = "", agent: Agent = "") -> Response:
        return await reception.look(token, zona, curious="bot" in agent.casefold())

    @routes.post("", responses=HTML_ERRORS)
    async def choose(token: str, inicio: Start = "", zona: PostedZone = "") -> Response:
        return await reception.choose(token, inicio, zona)

    @routes.get("/cambiar", responses=HTML_ERRORS)
    async def change(token: str, zona: Zone = "") -> Response:
        return await reception.change(token, zona)

    @routes.get("/cancelar", responses=HTML_ERRORS)
    async def ask(token: str, zona: Zone = "") -> Response:
        return await reception.ask_to_cancel(token, zona)

    @routes.post("/cancelar", responses=HTML_ERRORS)
    async def give_back(token: str) -> Response:
        return await reception.cancel(token)

    @routes.get("/cita.ics", response_class=Response, responses=HTML_ERRORS | _FILE)
    async def file(token: str) -> Response:
        return await reception.file(token)

    return routes


class Reception:
    """A link in, a page out."""

    def __init__(self, site: Site, calendly: Calendly | None) -> None:
        self.site, self.calendly = site, calendly
        self.samples = site.settings.tells_samples

    async def look(self, token: str, zone: str, curious: bool) -> Response:
        """What the person has, or what they can choose from. A messenger's preview (`curious`) counts for nothing."""
        visit = await self._visit(token)
        if not curious:
            await self._opened(visit)
        if visit.booking:
            return self._booked(visit, visit.booking, zone, here=token)
        if visit.is_over:
            return page(self.site, "demo/over", course_name=visit.course)
        if self.calendly and not curious and (address := await self._elsewhere(visit, self.calendly)):
            return RedirectResponse(address, 303)
        return await self._slots(visit, zone, here=token)

    async def choose(self, token: str, start: str, zone: str) -> Response:
        """Book, or move what is booked; whoever was not fast enough sees what is free now."""
        visit, moment = await self._visit(token), moment_of(start)
        if moment is None:
            return await self._slots(visit, zone, here=token, problem="choose", status=422)
        async with self.site.pool.connection() as conn, conn.transaction():
            clock = await clock_of(conn, visit.lead, zone, visit.now)
            made = await book(self._desk(), conn, visit.link, moment, clock.zone, now=visit.now)
        if made is None:
            visit = await self._visit(token)
            return await self._slots(visit, zone, here=token, problem="taken", status=409)
        self.site.spoken()
        return RedirectResponse(token, 303)

    async def change(self, token: str, zone: str) -> Response:
        """The free hours, for somebody who has one."""
        visit = await self._visit(token)
        if visit.booking is None or visit.booking.provider is not BookingProvider.OWN:
            return RedirectResponse(f"../{token}", 303)
        return await self._slots(visit, zone, here=f"../{token}")

    async def ask_to_cancel(self, token: str, zone: str) -> Response:
        """The question, or that there is nothing to be cancelled (any more)."""
        visit = await self._visit(token)
        if visit.last is None or (visit.booking and visit.booking.provider is not BookingProvider.OWN):
            return RedirectResponse(f"../{token}", 303)
        clock = zone if zone and known_zone(zone) else visit.last.visitor_timezone
        view = booking_view(self.site.prompts(), visit.last, clock)
        is_open, here = visit.booking is not None, f"../{token}"
        return page(self.site, "demo/cancel", course_name=visit.course, booking=view, is_open=is_open, here=here)

    async def cancel(self, token: str) -> Response:
        """Give the hour back; twice is once."""
        visit = await self._visit(token)
        async with self.site.pool.connection() as conn, conn.transaction():
            await cancel(self._desk(), conn, visit.link, now=visit.now)
        self.site.spoken()
        return RedirectResponse("cancelar", 303)

    async def file(self, token: str) -> Response:
        """The calendar's file of what is booked, or was cancelled last."""
        visit = await self._visit(token)
        booking = visit.last
        if booking is None or booking.provider is not BookingProvider.OWN:
            raise ForgedLinkError("Ask for a new one in the chat.")
        content = calendar_file(booking, self._calendar_words(visit, booking, token), visit.now)
        headers = {"Content-Disposition": 'inline; filename="cita.ics"'}
        return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)

    async def _visit(self, token: str) -> Visit:
        now = self.site.clock()
        async with self.site.pool.connection() as conn:
            link = await demo_links.open_link(conn, token, self.site.links, now)
            lead = await people.by_id(conn, link.lead_id)
            course = await courses.by_id(conn, link.course_id, self.samples)
            last = await bookings.latest(conn, link.lead_id, link.course_id)
        if lead is None:
            raise ForgedLinkError("Ask for a new one in the chat.")
        return Visit(link, lead, course.name if course else "", last, now)

    async def _opened(self, visit: Visit) -> None:
        """Remember the first time."""
        if visit.link.opened_at:
            return
        number, key = str(visit.link.id), f"demo_opened:{visit.link.id}"
        async with self.site.pool.connection() as conn, conn.transaction():
            await demo_links.opened(conn, visit.link.id, visit.now)
            await events.note(conn, visit.lead.id, "demo_opened", {"demo_link": number}, key=key, now=visit.now)

    async def _elsewhere(self, visit: Visit, calendly: Calendly) -> str | None:
        """The single-use address at Calendly, made once and kept until it is used; None when there is none now."""
        address = visit.link.scheduling_url
        if address is None:
            try:
                fresh = await calendly.scheduling_link()
            except ServiceError as error:
                log.warning("calendly_unavailable", error=str(error))
                return None
            async with self.site.pool.connection() as conn:
                address = await demo_links.keep_scheduling_url(conn, visit.link.id, fresh)
        return marked(address, visit.link.id)

    async def _slots(self, visit: Visit, zone: str, *, here: str, problem: str = "", status: int = 200) -> Response:
        prompts = self.site.prompts()
        async with self.site.pool.connection() as conn:
            clock = await clock_of(conn, visit.lead, zone, visit.now)
            free = await offers(conn, self.samples, visit.now)
        current = visit.booking
        return page(
            self.site,
            "demo/slots",
            status,
            course_name=visit.course,
            days=days_of(prompts, free, clock.zone),
            hosts=hosts_of(free),
            zone=clock.zone,
            zone_words=spoken(prompts, visit.now, clock.zone).zone,
            zones=zone_choices(prompts, clock.zone),
            guessed=clock.guessed,
            problem=problem,
            before=visit.last.status.value if visit.last and not visit.booking else "",
            current=booking_view(prompts, current, clock.zone) if current else None,
            here=here,
        )

    def _booked(self, visit: Visit, booking: Booking, zone: str, here: str) -> Response:
        shown = zone if zone and known_zone(zone) else booking.visitor_timezone
        view = booking_view(self.site.prompts(), booking, shown)
        who, in_chat = visit.lead.name or "", visit.lead.stage is not Stage.OPTED_OUT
        return page(
            self.site, "demo/booked", course_name=visit.course, who=who, booking=view, here=here, in_chat=in_chat
        )

    def _desk(self) -> BookingDesk:
        return BookingDesk(self.site.queue, self.site.prompts(), self.samples)

    def _calendar_words(self, visit: Visit, booking: Booking, token: str) -> CalendarWords:
        prompts, settings = self.site.prompts(), self.site.settings
        words = {"course_name": visit.course, "host": booking.host_name, "company": settings.company}
        address = f"{self.site.links.base}/demo/{token}"
        return CalendarWords(
            title=prompts.render("messages/booking/calendar_title", **words),
            description=prompts.render("messages/booking/calendar_note", **words, place=booking.place, page=address),
            organiser=settings.company,
            organiser_email=email_address(settings.contact) or "",
            page=address,
        )
