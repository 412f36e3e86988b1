"""Brenda's command line and composition root: it builds the parts and starts them; nothing else happens here.

The parts are imported when a command needs them, so that `--help` is instant and the console greets within seconds.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from channels.commands import train_predictor
from channels.commands.crm import crm_app
from channels.commands.experiment import experiment_app
from channels.commands.jobs import jobs_app
from channels.commands.outbox import outbox
from channels.commands.policy import policy_app
from channels.commands.prompts_diff import diff
from channels.commands.train_understanding import train_understanding
from core.errors import BrendaError
from core.garbage import start_quickly
from core.settings import Settings, load_settings

if TYPE_CHECKING:
    from core.prompts import Fault, PromptSet

app = typer.Typer(
    help="Brenda: an honest sales agent for online AI courses.\n\n"
    "Without a command she talks in Telegram if TELEGRAM_BOT_TOKEN is set, else here in the console. Nothing needs to "
    "be configured; .env.example explains every setting.",
    no_args_is_help=False,
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
prompts_app = typer.Typer(
    help="Check and read the prompts: every word that Brenda says and is told.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
train_app = typer.Typer(
    help="Learn from the corpus, or from the leads who allowed it.", rich_markup_mode=None, no_args_is_help=True
)
train_app.command("understanding")(train_understanding)
train_app.command("predictor")(train_predictor.train)
app.add_typer(prompts_app, name="prompts")
app.add_typer(train_app, name="train")
app.add_typer(train_predictor.app, name="predictor")
app.add_typer(policy_app, name="policy")
app.add_typer(experiment_app, name="experiment")
app.add_typer(jobs_app, name="jobs")
app.add_typer(crm_app, name="crm")
app.command("outbox")(outbox)
prompts_app.command("diff")(diff)


@app.callback()
def default(command: typer.Context) -> None:
    """Start Telegram or the console when no command is given."""
    if command.invoked_subcommand is None:
        settings = _settings()
        telegram(worker=True) if settings.telegram_bot_token else chat()


def _name(value: str) -> str:
    """A name that may stand in the database: "#" is left for the talks that a /reset begins under the same name."""
    if len(value) > 60 or "#" in value or not value.isprintable():
        raise typer.BadParameter("should be at most 60 printable characters without #, such as ana")
    return value


def _payload(value: str) -> str:
    if len(value) > 128 or not value.isprintable():
        raise typer.BadParameter("should be at most 128 printable characters, such as CURSO_IA_PROFESIONALES")
    return value


@app.command()
def chat(
    lead: Annotated[
        str, typer.Option(help="Continue an earlier talk under this name, also after a restart.", callback=_name)
    ] = "",
    start: Annotated[
        str,
        typer.Option(
            "--from", help="What the prospect came with: a campaign's code or a course's hashtag.", callback=_payload
        ),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a turn instead of a chat.")] = False,
) -> None:
    """Talk with Brenda here. Each line is a message; a button is its number or its label.

    /reset starts over as a new prospect, /devolver ends a hand-off as the advisor would, /salir leaves.
    Works piped: printf 'Hola\\nAcepto\\nAna\\n' | uv run bot.py chat --json
    """
    from channels.running import console

    settings = _settings()
    _run(lambda: console(settings, lead, start, as_json))


@app.command()
def telegram(
    worker: Annotated[bool, typer.Option(help="Also answer here; --no-worker leaves that to `bot.py worker`.")] = True,
) -> None:
    """Talk in Telegram: receive, answer and deliver. Needs TELEGRAM_BOT_TOKEN; one such process per token.

    TELEGRAM_MODE=webhook receives by webhook instead of polling. Ctrl-C finishes what is under way and leaves.

    For example: TELEGRAM_BOT_TOKEN=123456789:AA... uv run bot.py telegram
    """
    from channels.running import telegram as run_telegram

    settings = _settings()
    _run(lambda: run_telegram(settings, worker))


@app.command()
def web(
    port: Annotated[int | None, typer.Option(help="Instead of WEB_PORT.", min=0, max=65535)] = None,
    host: Annotated[str | None, typer.Option(help="Instead of WEB_HOST; 0.0.0.0 is every network.")] = None,
) -> None:
    """Only serve the pages behind the links, and the webhooks. A worker elsewhere does what they ask for.

    The chat serves them by itself unless WEB=false. docs/web.md says more, also how to stand behind a proxy.

    For example: uv run bot.py web --port 9000
    """
    from channels.running import web as run_web

    given = {"web_port": port, "web_host": host}
    settings = _settings().model_copy(update={name: value for name, value in given.items() if value is not None})
    _run(lambda: run_web(settings))


@app.command()
def worker(
    metrics_port: Annotated[
        int | None, typer.Option(help="Serve /metrics of this worker on this port of 127.0.0.1.", min=0, max=65535)
    ] = None,
) -> None:
    """Only answer: take turns and keep promises for a `telegram --no-worker` elsewhere. As many as you like.

    All of them need the same DATABASE_URL, SECRET_KEY and prompts.

    For example, beside `uv run bot.py telegram --no-worker`: uv run bot.py worker
    """
    from channels.running import work

    settings = _settings()
    _run(lambda: work(settings, metrics_port))


@app.command()
def migrate() -> None:
    """Bring the database to this version's schema. Starting Brenda does the same; this does only that.

    The history is kept as the Supabase command line keeps it, so `supabase db push` and this command agree.

    For example: DATABASE_URL=postgresql://user:password@host:5432/name uv run bot.py migrate
    """
    from channels.running import migrate as run_migrations

    settings = _settings()
    _run(lambda: run_migrations(settings))


@app.command()
def graph() -> None:
    """Print the state machine as Mermaid, drawn from the compiled graph.

    For example: uv run bot.py graph > graph.mmd
    """
    from agent.graph import build_graph

    typer.echo(build_graph(None).get_graph().draw_mermaid())


@prompts_app.command("check")
def prompts_check(
    smoke: Annotated[
        bool, typer.Option("--smoke", help="Then also play the evals' smoke suite on them, as PROMPTS_GATE=on does.")
    ] = False,
) -> None:
    """Render every template with its sample data and report each fault with file, line and variable.

    Exit code 1 if there is one. A running Brenda makes the same check before an edited file goes live.

    For example, after an edit: uv run bot.py prompts check --smoke
    """
    from core.prompts.prompt_check import inspect_files
    from core.prompts.prompt_files import read_files

    settings = _settings()
    folder = settings.prompts_dir
    inspection = inspect_files(read_files(folder))
    for fault in inspection.faults:
        typer.echo(f"{folder}/{fault}")
    typer.echo(f"{len(inspection.faults)} faults" if inspection.faults else f"{folder}: every template renders")
    if inspection.prompts is None:
        raise typer.Exit(1)
    if smoke:
        _smoke(settings, inspection.prompts)


def _smoke(settings: Settings, prompts: "PromptSet") -> None:
    """Play the suite; exit code 1 when it does not pass."""
    from channels.smoke_gate import SmokeGate
    from core.logs import set_up_logs

    set_up_logs(settings.log_level)
    faults: list[Fault] = []

    async def play() -> None:
        faults.extend(await SmokeGate(settings.data_dir)(prompts))

    _run(play)
    for fault in faults:
        typer.echo(str(fault))
    typer.echo(f"{len(faults)} faults in the smoke suite" if faults else "The smoke suite passes")
    raise typer.Exit(1 if faults else 0)


@prompts_app.command("show")
def prompts_show(stage: Annotated[str, typer.Argument(help="A stage of the funnel, such as conversation.")]) -> None:
    """Print what is said, or told to the model, in a stage, rendered with sample data.

    For example: uv run bot.py prompts show conversation
    """
    from core.domain.funnel import Stage
    from core.prompts.prompt_set import PromptSet
    from core.prompts.prompt_stages import describe

    if stage not in list(Stage):
        raise typer.BadParameter(f"{stage!r} is no stage; there are: {', '.join(Stage)}")
    try:
        for rendered in describe(PromptSet.load(_settings().prompts_dir), Stage(stage)):
            typer.secho(f"── {rendered.name}", fg="cyan")
            typer.echo("\n---\n".join(rendered.wordings) + "\n")
    except BrendaError as error:
        _fail(error)


def _settings() -> Settings:
    try:
        return load_settings(Path(".env"))
    except BrendaError as error:
        _fail(error)


def _run(start: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run to the end; an error of ours is a message and not a traceback, Ctrl-C and SIGTERM are no errors."""
    from core.event_loop import loop_factory

    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(start())
    except (BrendaError, BaseExceptionGroup) as error:
        _fail(_ours(error))
    except (KeyboardInterrupt, asyncio.CancelledError):
        typer.echo()
    except BrokenPipeError:
        # Whoever read us has left. Nothing more can be printed, also not while Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _ours(error: BaseException) -> BrendaError:
    """The error of ours in what several tasks raised at once; what is not ours is raised as it is."""
    if isinstance(error, BrendaError):
        return error
    found = error.subgroup(BrendaError) if isinstance(error, BaseExceptionGroup) else None
    if found is None:
        raise error
    return _ours(found.exceptions[0])


def _fail(error: BrendaError) -> NoReturn:
    typer.secho(str(error), fg="red", err=True)
    sys.exit(1)


if __name__ == "__main__":
    start_quickly()
    app()
