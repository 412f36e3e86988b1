"""Names that are given as those of students, graduates, teachers or witnesses.

A capitalised name is a PERSON only beside words that make a witness of it ("nuestra alumna Laura", "Carlos logró",
"as Maria told us"), so that brands, courses, cities and sentence beginnings are no names.
"""

import re
from typing import Final

from agent.honesty.findings import Finding
from agent.honesty.lexicon import words
from agent.honesty.plaintext import Plain, fold
from core.domain.evidence import FactKind

_CAPITAL: Final = "A-ZÁÉÍÓÚÑÜÀ-ÖØ-Þ"
_ONE: Final = rf"[{_CAPITAL}][^\W\d_]*(?:['’-][^\W\d_]+)?"
_NAME: Final = rf"{_ONE}(?: (?:de la |de los |del |de |y )?{_ONE}){{0,3}}(?: [{_CAPITAL}]\.)?"
_ROLES: Final = (
    r"(?i:alumn[oa]s?|estudiantes?|egresad[oa]s?|graduad[oa]s?|ex ?alumn[oa]s?|instructor[a]?|profesor[a]?|profe|"
    r"maestr[oa]|docente|"
    r"tutor[a]?|mentor[a]?|participante|testimonios?(?: reales?)?|casos?|historia|experiencia|resultados?|palabras|"
    r"opini[oó]n|"
    r"rese[nñ]a|comentario|client[ea]s?|compañer[oa]|student|graduate|learner|alumn[ia]|testimonial|story|review|"
    r"case|teacher|coach)"
)
_VERBS: Final = (
    r"logr[oó]|lograba|consigui[oó]|dijo|dice|cuenta(?! con)|cont[oó]|coment[oó]|comenta|aument[oó]|pas[oó] de|"
    r"ahorr[oó]|ahorra|pag[oó]|"
    r"gan[oó]|gana|duplic[oó]|triplic[oó]|vendi[oó]|vende|factur[oó]|factura|redujo|termin[oó] el|complet[oó]|obtuvo|"
    r"encontr[oó]|afirma|asegura|"
    r"explica que|recomienda|recomend[oó]|compr[oó]|se inscribi[oó]|se gradu[oó]|estudi[oó]|tom[oó] el|hizo el|"
    r"cambi[oó] de|mejor[oó]|"
    r"multiplic[oó]|recuper[oó]|automatiz[oó]|escribi[oó]|opina|empez[oó]|cre[oó]|lanz[oó]|trabajaba|ya (?:est[aá]|"
    r"tiene|gana|trabaja)|"
    r"said|says|told|got|earned|earns|doubled|tripled|saved|saves|increased|achieved|landed|graduated|finished|went "
    r"from|recommends|paid"
)
_PLURALS: Final = (
    r"lograron|consiguieron|dijeron|cuentan(?! con)|contaron|aumentaron|pasaron de|ahorraron|ganaron|duplicaron|"
    r"vendieron|opinan|said|got|told"
)
_APART: Final = r"(?:\([^)\n]{1,40}\),? )?"
_BETWEEN: Final = (
    r"(?i:(?:quien|que|who|ya|tambi[eé]n|nos|me|le|les|te|lo|la|as[ií]|hoy|has|just|ha|se|she|he|even|apenas|solo|"
    r"incluso|por fin|also|already|recently) ){0,3}"
)
_ONE_OF: Final = (
    r"(?i:(?:un[oa]|otr[oa]) de (?:nuestr[oa]s|l[oa]s|mis)|"
    r"(?:nuestr[oa]|un[oa]?) (?:\w+ )?(?=(?:alumn|estudiant|egresad|graduad|client))|one of our|our (?=student|"
    r"graduate))"
)
_ROLE_AFTER: Final = (
    r"(?i:(?:una?|nuestr[oa]|our|an?|la|el|ex) ?)?(?:alumn[oa]|estudiante|egresad[oa]|graduad[oa]|exalumn[oa]|"
    r"instructora?|"
    r"profesora?|mentora?|student|graduate)"
)
_TELLING: Final = (
    r"(?i:seg[uú]n|(?:en|con) palabras de|como (?:nos |me |te |le )?(?:cuenta|dice|dijo|cont[oó]|hizo|le pas[oó] a|"
    r"explica)|"
    r"(?:nos |me |te )?(?:cont[oó]|dijo|comparti[oó]|escribi[oó])|as|according to|le pas[oó] a|igual que|dice|opina|"
    r"just like|firma|atentamente,?)"
)
_LINKING: Final = r"(?:(?:de|con|del?|llamad[oa]|como|of|from|named|like|a|don|doña|Dr\.?|Dra\.?|nuestr[oa]|,) ?){0,2}"
_NAMED: Final = rf"(?<!\w)(?P<n>{_NAME})"
_PERSON: Final = (
    ((), re.compile(rf"(?<!\w){_ROLES}:? {_LINKING}{_NAMED}")),
    (("una de", "uno de", "otr", "nuestr", "one of", "our "), re.compile(rf"{_NAMED},? {_APART}{_ONE_OF}")),
    ((", ",), re.compile(rf"{_NAMED}, {_ROLE_AFTER}")),
    ((), re.compile(rf"{_NAMED},? {_APART}{_BETWEEN}(?i:{_VERBS})(?!\w)")),
    (
        ("ron ", "cuentan", "opinan", "said", "got", "told"),
        re.compile(
            rf"(?<!\w)(?P<n>{_ONE}(?:, {_ONE}){{0,3}} (?:y|e|and) {_ONE}),? "
            rf"(?:(?:nos|ya|tambi[eé]n|me|le|les|se) ){{0,2}}(?i:{_PLURALS})(?!\w)"
        ),
    ),
    ((), re.compile(rf"(?<!\w){_TELLING} {_NAMED}(?!\w)")),
    (("—", "–", "~"), re.compile(rf"[—–~] ?{_NAMED}(?=[ ,.]{{0,2}}(?:\([^)\n]{{1,40}}\))?[ .]?$|,)", re.MULTILINE)),
    (
        (":",),
        re.compile(
            rf"(?:[»”\"],? ?[-—–(]{{1,2}} ?|^[-—–•]? ?){_NAMED}(?: \([^)\n]{{1,40}}\))?: ?(?=[«“\"‘'])", re.MULTILINE
        ),
    ),
    (("»", "”", '"'), re.compile(rf"[»”\"],? ?[-—–(]{{1,2}} ?{_NAMED}")),
)
_CUES: Final = re.compile(
    r"alumn|estudi|egresad|graduad|instruct|profe|maestr|docent|tutor|mentor|particip|testimoni|caso|histori|"
    r"experienc|resultad|"
    r"palabras|opini|resena|coment|client|companer|student|learner|story|review|teacher|coach|logr|consig|dijo|dice|"
    r"dijeron|cuenta|conto|"
    r"aument|paso|ahorr|pago|gan[oa]|duplic|triplic|vend[ei]|factur|redujo|termin|complet|obtuv|encontr|afirm|asegur|"
    r"explica|recom|compr|"
    r"inscri|tomo|hizo|cambi|mejor|multipl|recuper|automat|escribi|opina|firma|empez|creo|lanz|trabaj|tiene|esta|"
    r"said|says|told|got|earn|"
    r"doubl|tripl|saved|increas|achiev|landed|finish|went from|paid|segun|according|as |like|[—–~:]|[»”\"],? ?[-—–(]|"
    r"case|one of|una de|uno de"
)
_NOT_NAMES: Final = words(
    "el la los las lo un una uno unos unas este esta esto estos estas ese esa eso esos esas aquel aquella ella "
    "ellos ellas usted ustedes yo tu nosotros nadie alguien quien quienes que cual cuando como donde cuanto si no "
    "tambien ademas asi hoy ayer manana ahora antes despues luego entonces pero porque aunque mientras sin con "
    "por para de del a al en entre segun sobre hasta desde todo toda todos todas cada otro otra otros otras mucho "
    "mucha muchos muchas mi tus su sus nuestro nuestra nuestros nuestras se te me nos le les ya solo y o e gente "
    "persona personas alumno alumna alumnos alumnas estudiante estudiantes egresado egresada egresados curso "
    "cursos programa claro perfecto genial gracias hola mira oye bueno vale dale listo excelente entiendo "
    "recuerda imagina quiero puedo the an this that these those he she it they we you i my your our their when "
    "what who how if and or but so because then now today one some most many people student students course "
    "graduates everyone someone nobody yes as in on at for with from by of to there here chatgpt gpt openai "
    "claude gemini copilot google microsoft excel word powerpoint telegram whatsapp python notion zapier make "
    "canva midjourney linkedin youtube instagram facebook tiktok meta apple amazon netflix brenda ia ai sql power "
    "bi n8n github slack zoom stripe mexico colombia argentina chile peru espana ecuador bolivia venezuela "
    "uruguay paraguay guatemala panama honduras nicaragua salvador madrid barcelona bogota lima santiago medellin "
    "quito monterrey guadalajara cdmx latinoamerica latam europa usa india brasil caracas lunes martes miercoles "
    "jueves viernes sabado domingo enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre internet marketing ventas module modulo leccion tiempo dinero exito resultados testimonio "
    "testimonios historia caso casos empresa empresas negocio precio pregunta respuesta nota importante ejemplo "
    "opcion ojo dato bonus bono garantia oferta"
)
_NOT_NAME_ENDINGS: Final = ("cion", "ciones", "dad", "dades", "miento", "mientos", "ando", "iendo", "mente", "ing")
_NAMES_IN_R: Final = words(
    "javier omar oscar esther ester cesar edgar pilar mar alexander walter roger hector victor salvador gaspar "
    "baltasar jennifer peter asier iker xavier dagmar amir samir nestor eliecer leonor flor amparor wilmer elmer "
    "eder heber haydar christopher oliver tyler"
)


def find_people(page: Plain) -> list[Finding]:
    """Names that are given as a witness, student or teacher; `value` is the name as shown."""
    if not _CUES.search(page.folded):
        return []
    found: dict[tuple[int, int], Finding] = {}
    for cues, pattern in _PERSON:
        if cues and not any(cue in page.folded for cue in cues):
            continue
        for match in pattern.finditer(page.text):
            for name, start in _names(match.group("n"), match.start("n"), page.text):
                found.setdefault(
                    (start, start + len(name)), Finding(FactKind.PERSON, name, "", start, start + len(name))
                )
    return list(found.values())


def _names(shown: str, start: int, text: str) -> list[tuple[str, int]]:
    """The people in "Laura y Pedro"; words that open a sentence or are no names are left out."""
    names = []
    for part in re.finditer(r"(?:(?!,| (?:y|e|and) ).)+", shown):
        bare = part.group().lstrip(", ")
        for joint in ("y ", "e ", "and "):
            bare = bare.removeprefix(joint)
        place = start + part.end() - len(bare)
        name = _without_opening(bare, place, text)
        if name:
            names.append((name, place + len(bare) - len(name)))
    return names


def _without_opening(name: str, place: int, text: str) -> str:
    """`name` without leading words that are none ("Hoy Laura"), or "" if nothing is left."""
    parts = name.split()
    opening = re.search(r"(?:^|[.!?¿¡\n:;»”\"…] ?)$", text[max(0, place - 3) : place]) is not None
    while parts and _is_no_name(parts[0], opening):
        parts, opening = parts[1:], False
    before = text[max(0, place - 5) : place].lower()
    if len(parts) == len(name.split()) and re.search(r"(?<!\w)en $", before):
        return ""
    return " ".join(parts)


def _is_no_name(word: str, opening: bool) -> bool:
    bare = fold(word).rstrip(".")
    if bare in _NOT_NAMES or len(bare) < 2 or (word.isupper() and len(word) <= 3) or not word[:1].isupper():
        return True
    infinitive = bare.endswith(("ar", "er", "ir", "arte", "erte", "irte")) and bare not in _NAMES_IN_R
    return opening and (infinitive or bare.endswith(_NOT_NAME_ENDINGS))
