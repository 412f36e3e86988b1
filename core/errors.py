"""One tree of errors. Each docstring is the message's first sentence: what went wrong, before the detail."""


class BrendaError(Exception):
    """Something went wrong in Brenda."""

    def __init__(self, detail: str = "") -> None:
        summary = (type(self).__doc__ or "").strip().splitlines()[0]
        super().__init__(f"{summary} {detail}".strip())


class SettingsError(BrendaError):
    """A setting is missing or malformed."""


class DatabaseError(BrendaError):
    """The database could not do what was asked."""


class DatabaseUnavailableError(DatabaseError):
    """The database cannot be reached."""


class MigrationError(DatabaseError):
    """A migration could not be applied."""


class SampleDataError(DatabaseError):
    """The database holds sample rows, which are never shown to real people."""


class PromptError(BrendaError):
    """A prompt template is broken."""


class RevisionError(BrendaError):
    """The prompts of that revision cannot be read."""


class ModelError(BrendaError):
    """The chat model gave no usable answer."""


class ModelUnavailableError(ModelError):
    """The chat model could not be reached in time."""

    def __init__(self, detail: str = "", retry_after: float | None = None) -> None:
        """`retry_after`: the seconds that the server asked us to wait, if it did."""
        super().__init__(detail)
        self.retry_after = retry_after


class ModelRejectedError(ModelError):
    """The chat model's server refused the request."""

    def __init__(self, detail: str = "", lasting: bool = False) -> None:
        """`lasting`: the refusal is about the account or the model, so any other request would meet it too."""
        super().__init__(detail)
        self.lasting = lasting


class MalformedAnswerError(ModelError):
    """The chat model's server sent something that cannot be read as an answer."""


class LinkError(BrendaError):
    """A link cannot be used."""


class ForgedLinkError(LinkError):
    """The link was not made by us."""


class ExpiredLinkError(LinkError):
    """The link's time is over."""


class SignatureError(BrendaError):
    """The signature of a webhook is not valid."""


class StorageError(BrendaError):
    """The file storage could not do what was asked."""


class PortTakenError(BrendaError):
    """The web app cannot listen."""


class OfferError(BrendaError):
    """The offer cannot be claimed."""


class PaymentError(BrendaError):
    """The payment cannot go on."""


class PaymentUnavailableError(PaymentError):
    """The payment provider could not be reached."""


class PaymentRefusedError(PaymentError):
    """The payment provider refused the request."""


class ExperimentError(BrendaError):
    """The experiment cannot be used as asked."""


class PredictorError(BrendaError):
    """The conversion predictor cannot be used."""


class TrainingError(BrendaError):
    """Nothing can be learned from this."""


class CorpusError(TrainingError):
    """A file of labelled sentences is malformed."""


class RecommenderError(BrendaError):
    """The recommender cannot be used."""


class CandidateError(BrendaError):
    """The candidate policy cannot be judged."""


class EvalError(BrendaError):
    """The offline evals cannot go on."""


class CassetteError(EvalError):
    """The recording does not hold what was asked."""


class IsolationError(EvalError):
    """Something tried to reach the network."""


class ChannelError(BrendaError):
    """A message could not be delivered."""


class RecipientBlockedError(ChannelError):
    """The recipient has blocked the bot."""


class ChannelBusyError(ChannelError):
    """Another process already speaks for this bot."""


class ServiceError(BrendaError):
    """A service did not do what was asked."""


class ServiceUnavailableError(ServiceError):
    """The service cannot be reached, or asks to wait; it certainly did nothing."""

    def __init__(self, detail: str = "", retry_after: float | None = None) -> None:
        """`retry_after`: the seconds that the service asked us to wait, if it did."""
        super().__init__(detail)
        self.retry_after = retry_after


class ServiceUnclearError(ServiceError):
    """Nobody knows whether the service did what was asked."""


class ServiceRejectedError(ServiceError):
    """The service refused the request."""

    def __init__(self, detail: str = "", lasting: bool = False) -> None:
        """`lasting`: the refusal is about the account, so any other request would meet it too."""
        super().__init__(detail)
        self.lasting = lasting
