"""Countries as people type them, and their ISO 3166-1 codes: the Spanish-speaking ones and their close neighbours.

A testimonial's country is stored as a code; a prospect writes "Perú", "peru", "México DF" or "MX".
"""

from core.domain.ranking import fold

_NAMES = {
    "AR": "argentina",
    "BO": "bolivia",
    "BR": "brasil brazil",
    "CL": "chile",
    "CO": "colombia",
    "CR": "costa_rica",
    "CU": "cuba",
    "DO": "republica_dominicana dominicana",
    "EC": "ecuador",
    "ES": "espana spain",
    "GQ": "guinea_ecuatorial",
    "GT": "guatemala",
    "HN": "honduras",
    "MX": "mexico mejico",
    "NI": "nicaragua",
    "PA": "panama",
    "PE": "peru",
    "PR": "puerto_rico",
    "PT": "portugal",
    "PY": "paraguay",
    "SV": "el_salvador",
    "US": "estados_unidos usa eeuu united_states",
    "UY": "uruguay",
    "VE": "venezuela",
}


def country_code(text: str | None) -> str | None:
    """The ISO code of the country that is named in the text, or None; a bare code in capitals is taken as it is."""
    bare = (text or "").strip()
    if bare in _NAMES:
        return bare
    words = f" {' '.join(fold(bare).replace('.', '').replace(',', ' ').split())} "
    spelled = ((code, f" {name.replace('_', ' ')} ") for code, names in _NAMES.items() for name in names.split())
    return next((code for code, name in spelled if name in words), None)
