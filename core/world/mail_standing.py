"""Whether an e-mail may go to a person, as things stand at this moment: pure, and the only place that decides it.

Each refusal is a code, and the first that holds is recorded. A sequence is ended by it; a receipt is only held up by
an address that is missing or refuses everything.
"""

from core.domain.dispatches import Letter
from core.domain.funnel import Stage
from core.domain.mail import Standing
from core.prompts.mail_sequences import MailPlan, Sequence


def reason_to_withhold(standing: Standing, letter: Letter, plan: MailPlan) -> str | None:
    """Why the e-mail is not sent; None when it may go."""
    if not standing.email:
        return "no_address"
    if standing.everything:
        return f"suppressed_{standing.suppressed}"
    if letter.template in plan.transactional:
        return None
    return _against_marketing(standing) or _against_sequence(standing, letter, plan)


def _against_marketing(standing: Standing) -> str | None:
    checks = (
        ("no_consent", not standing.marketing),
        ("unsubscribed", standing.suppressed is not None),
        ("opted_out", standing.stage is Stage.OPTED_OUT),
        ("blocked", standing.blocked),
        ("human_in_charge", standing.stage is Stage.HANDOFF),
    )
    return next((reason for reason, holds in checks if holds), None)


def _against_sequence(standing: Standing, letter: Letter, plan: MailPlan) -> str | None:
    if not letter.sequence:
        return None
    sequence = plan.sequences.get(letter.sequence)
    if sequence is None or letter.template not in {step.template for step in sequence.steps}:
        return "not_planned"
    if standing.enrolment_stopped:
        return "stopped"
    return _stop(standing, sequence)


def _stop(standing: Standing, sequence: Sequence) -> str | None:
    began = standing.enrolled_at
    holding = {
        "purchased": standing.purchased,
        "booked": standing.booked,
        "answered": began is not None and standing.last_seen_at > began,
        "stage_left": sequence.stage is not None and standing.stage is not sequence.stage,
    }
    return next((reason for reason, holds in holding.items() if holds and reason in sequence.stops), None)
