"""What Brenda can do. One tool a file; the list is explicit, and its order is the order in which a model sees them."""

from typing import Any

from tools.compare_competitors import COMPARE_COMPETITORS
from tools.compare_prices import COMPARE_PRICES
from tools.contact_advisor import CONTACT_ADVISOR
from tools.create_demo_link import CREATE_DEMO_LINK
from tools.create_payment_link import CREATE_PAYMENT_LINK
from tools.deliver_resource import DELIVER_RESOURCE
from tools.find_success_cases import FIND_SUCCESS_CASES
from tools.find_testimonials import FIND_TESTIMONIALS
from tools.list_bonuses import LIST_BONUSES
from tools.payment_options import PAYMENT_OPTIONS
from tools.present_offer import PRESENT_OFFER
from tools.schedule_follow_up import SCHEDULE_FOLLOW_UP
from tools.send_preview import SEND_PREVIEW
from tools.show_guarantee import SHOW_GUARANTEE
from tools.show_syllabus import SHOW_SYLLABUS
from tools.tool import Tool
from tools.update_profile import UPDATE_PROFILE

TOOLS: tuple[Tool[Any], ...] = (
    SHOW_SYLLABUS,
    SEND_PREVIEW,
    DELIVER_RESOURCE,
    FIND_TESTIMONIALS,
    FIND_SUCCESS_CASES,
    COMPARE_PRICES,
    COMPARE_COMPETITORS,
    SHOW_GUARANTEE,
    PRESENT_OFFER,
    LIST_BONUSES,
    PAYMENT_OPTIONS,
    CREATE_PAYMENT_LINK,
    CREATE_DEMO_LINK,
    CONTACT_ADVISOR,
    UPDATE_PROFILE,
    SCHEDULE_FOLLOW_UP,
)
