"""Every word that Brenda says or is told: read from a folder, compiled once, checked whole, replaced while she runs."""

from core.prompts.fault import Fault
from core.prompts.prompt_library import PromptLibrary
from core.prompts.prompt_set import PromptSet

__all__ = ["Fault", "PromptLibrary", "PromptSet"]
