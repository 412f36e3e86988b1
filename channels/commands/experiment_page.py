"""An experiment's report as one HTML page: nothing is loaded from elsewhere, and what admins typed is never markup."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from channels.commands import experiment_words as words
from channels.commands.interval_plot import Row, plot
from core.learning.experiment_analysis import Analysis
from core.learning.proposals import GUARDRAIL_WORDS, describe, propose

_TEMPLATE = "experiment_page.html.j2"


def page(analysis: Analysis) -> str:
    """The page's text."""
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    experiment = analysis.experiment
    return environment.get_template(_TEMPLATE).render(
        analysis=analysis,
        experiment=experiment,
        words=words,
        proposal=propose(analysis),
        sentences={each.arm: describe(each, experiment.control) for each in analysis.comparisons},
        guardrails=GUARDRAIL_WORDS,
        metric_plot=plot(
            [
                Row(each.arm, each.effect.estimate, each.effect.always, each.effect.fixed)
                for each in analysis.comparisons
            ],
            experiment.baseline * experiment.minimum_effect,
        ),
        guardrail_plot=plot(
            [
                Row(f"{each.arm}: {GUARDRAIL_WORDS[name]}", effect.estimate, effect.always, effect.fixed)
                for each in analysis.comparisons
                for name, effect in each.guardrails.items()
            ]
        ),
    )
