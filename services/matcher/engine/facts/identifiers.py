"""Standards, certificates, grades and protocols that a text names, in a form that two texts can be compared by."""

import re
from dataclasses import dataclass

from matcher.engine.facts import grades
from matcher.engine.words.memo import ByteBoundedCache, text_size


@dataclass(frozen=True, slots=True)
class Identifier:
    """`key` says what it is (gb 22239, cmmi, 等保); `level` how high, more being better; `year` the edition.

    `parts` are the levels of a code that has several (IP67, IIC T4), None for one left open. Of a nominal class a
    higher one is another one. `text[start:end]` of the text it was found in.
    """

    key: str
    start: int
    end: int
    level: float | None = None
    year: int | None = None
    parts: tuple[float | None, ...] = ()
    is_nominal: bool = False


_SERIES = (
    "ISO/IEC|ISO|IEC|GB/?Z|GB/?T|GB|GJB|GA/?T|GA|JT/?T|JTG|JT|YY/?T|YY|YD/?T|YD|SJ/?T|SJ|HJ/?T|HJ|CJJ/?T|CJJ|CJ/?T|JGJ/?T|JGJ|"
    "NB/?T|DL/?T|QC/?T|SY/?T|HG/?T|JB/?T|CB/?T|MT/?T|TB/?T|WS/?T|LY/?T|NY/?T|DB\\d{2}/?T?|T/[A-Z]{2,8}|Q/[A-Z]{2,8}|IATF|"
    "EN|IEEE|ASTM|UL|AS|MIL-STD|DIN|ANSI|ITU-T|3GPP|SAE|API|NFPA"
)
_STANDARD = re.compile(
    rf"(?<![A-Za-z])(?P<series>{_SERIES})\s?(?P<number>[A-Z]?\d+(?:[.-]\d{{1,3}}(?!\d))*[A-Z]?)"
    r"(?:\s?[-—–:]\s?(?P<year>(?:19|20)\d\d))?(?![\d%])"
)
# ISO 9001/14001/45001, EN 50126、50128: the numbers that follow are of the same series.
_FURTHER = re.compile(
    r"\s?[/、]\s?(?P<number>\d{4,6}(?:[.-]\d{1,3}(?!\d))*)(?![\d%.]|\s?[\u4e00-\u9fff]?[台个套件元人次年万])"
)
# National standards that are translations, and certified as one.
_SAME_AS = {
    "gb 19001": "iso 9001", "gb 24001": "iso 14001", "gb 45001": "iso 45001", "gb 28001": "iso 45001",
    "gb 22080": "iso 27001", "gb 24405.1": "iso 20000", "iso 20000-1": "iso 20000", "gb 23331": "iso 50001",
    "yy 0287": "iso 13485", "gb 42061": "iso 13485",
}  # fmt: skip
_KNOWN_AS = {key: [name for name, same in _SAME_AS.items() if same == key] for key in _SAME_AS.values()}
_GRADE = "[一二三四五六七八九1-9]"
_PROTECTION = re.compile(r"(?<![A-Za-z])IP\s?([0-6X])([0-9X])(?!\d)", re.IGNORECASE)
_EXPLOSIVE = re.compile(
    r"(?<![A-Za-z])Ex\s?(?P<type>[a-z]{1,3}(?:\s[a-z]{1,2}){0,2})\s?(?P<group>I{1,3}|[ⅠⅡⅢ])\s?(?P<class>[ABC])?"
    r"\s?(?:T(?P<heat>[1-6])(?!\d))?"
)
_ROMAN = {"Ⅰ": "I", "Ⅱ": "II", "Ⅲ": "III"}

# key: pattern. Certificates, registrations and protocols without a level.
_NAMED: dict[str, str] = {
    "等保": rf"等保(?!\s?(?:第|2|{_GRADE}级))(?:测评|备案|要求)?|等级保护(?:测评|备案)",
    "ccc": r"(?<![A-Za-z])CCC(?![A-Za-z])|3C\s?认证|中国强制性产品认证|强制性产品认证",
    "ce": r"(?<![A-Za-z])CE(?:\s?认证|\s?marking|\s?mark(?:ed)?)",
    "fda": r"(?<![A-Za-z])FDA(?![A-Za-z])",
    "nmpa": r"医疗器械(?:产品)?注册证?|NMPA",
    "fcc": r"(?<![A-Za-z])FCC(?![A-Za-z])",
    "rohs": r"(?<![A-Za-z])RoHS(?![A-Za-z])",
    "ccs": r"(?<![A-Za-z])CCS(?![A-Za-z])|中国船级社",
    "cnas": r"(?<![A-Za-z])CNAS(?![A-Za-z])",
    "cma": r"(?<![A-Za-z])CMA(?![A-Za-z])|检验检测机构资质",
    "gxp": r"(?<![A-Za-z])GMP(?![A-Za-z])",
    "高新": r"高新技术企业",
    "专精特新": r"专精特新",
    "软著": r"软件著作权|软著",
    "密码认证": r"(?:商用)?密码(?:产品|模块)?(?:检测)?认证|商密认证",
    "sm": r"国密|商密|(?<![A-Za-z])SM[234](?:[/、]SM[234])*(?!\d)|商用密码算法",
    "安全生产许可": r"安全生产许可",
    "危废许可": r"危险废物(?:经营)?许可",
    "特种设备": r"特种设备(?:制造|生产|安装)?许可",
    "涉密": r"涉密(?:信息系统)?集成",
    "防爆": r"防爆(?:合格证|认证|证书)|ATEX|IECEx|(?i:explosive.atmosphere certificat\w*)",
    "信创": r"信创|国产操作系统|麒麟|统信|达梦|人大金仓",
    "dicom": r"DICOM",
    "hl7": r"HL7",
    "fhir": r"FHIR",
    "opcua": r"OPC[ -]?UA",
    "modbus": r"(?i:modbus)",
    "mqtt": r"(?i:mqtt)",
    "profinet": r"(?i:profinet)",
    "ethercat": r"(?i:ethercat)",
    "onvif": r"(?i:onvif)",
    "aes": r"(?<![A-Za-z])AES(?:[- ]?\d{3})?",
    "gdpr": r"GDPR",
}


_KEYS = tuple(_NAMED)
_NAMES = re.compile("|".join(f"(?P<n{i}>{pattern})" for i, pattern in enumerate(_NAMED.values())))
_OF_KEY: dict[str, list[re.Pattern[str]]] = {key: [re.compile(pattern)] for key, pattern in _NAMED.items()}
for _graded in grades.SCALES:
    _OF_KEY.setdefault(_graded.key, []).extend(_graded.patterns)
_OF_KEY["ex"] = [_EXPLOSIVE]
_OF_KEY["ip"] = [_PROTECTION]


def find(text: str) -> tuple[Identifier, ...]:
    """The identifiers of a text in order. Those of texts read lately are remembered."""
    return _remembered(text)


def _find(text: str) -> tuple[Identifier, ...]:
    found = [*_standards(text), *_protections(text), *_explosives(text), *_named(text), *_levels(text)]
    return tuple(sorted(found, key=lambda identifier: (identifier.start, identifier.key)))


_remembered = ByteBoundedCache(
    _find, size_of=lambda text, found: text_size(text) + _IDENTIFIER_SIZE * len(found), most_bytes=8 << 20
)
_IDENTIFIER_SIZE = 300


def may_name(key: str, text: str) -> bool:
    """Whether `find` could give an identifier with this key; where it could not, this tells much sooner."""
    patterns = _OF_KEY.get(key) or _OF_KEY.get(key.split()[0])
    if patterns is None:
        return any(name.split()[-1] in text.lower() for name in (key, *_KNOWN_AS.get(key, ())))
    return any(pattern.search(text) for pattern in patterns)


def _named(text: str) -> list[Identifier]:
    return [
        Identifier(_KEYS[int(match.lastgroup[1:])], match.start(), match.end())
        for match in _NAMES.finditer(text)
        if match.lastgroup
    ]


def _standards(text: str) -> list[Identifier]:
    found = []
    for match in _STANDARD.finditer(text):
        series = _series(match["series"])
        year = int(match["year"]) if match["year"] else None
        found.append(Identifier(_standard(series, match["number"]), match.start(), match.end(), year=year))
        end = match.end()
        while further := _FURTHER.match(text, end):
            found.append(Identifier(_standard(series, further["number"]), further.start("number"), further.end()))
            end = further.end()
    return found


def _standard(series: str, number: str) -> str:
    key = f"{series} {number.lower()}"
    return _SAME_AS.get(key, key)


def _series(written: str) -> str:
    """GB/T, GBT and GB name one series; ISO/IEC 27001 is ISO 27001."""
    bare = written.upper().replace("ISO/IEC", "ISO")
    return re.sub(r"/?[TZ]$", "", bare).lower() if not bare.startswith(("T/", "Q/", "ITU")) else bare.lower()


def _protections(text: str) -> list[Identifier]:
    return [
        Identifier(
            "ip", match.start(), match.end(), parts=tuple(None if d in "xX" else float(d) for d in match.groups())
        )
        for match in _PROTECTION.finditer(text)
    ]


def _explosives(text: str) -> list[Identifier]:
    """Ex d IIC T4, ExdbIICT4: the kind of protection and the place are names, gas group and temperature are graded."""
    found = []
    for match in _EXPLOSIVE.finditer(text):
        group = _ROMAN.get(match["group"], match["group"])
        kind = match["type"].split()[0]
        kind = kind[0] if kind in ("da", "db", "dc", "eb", "ec", "mb", "pb") else kind
        parts = (
            "ABC".find(match["class"]) if match["class"] else None,
            float(match["heat"]) if match["heat"] else None,
        )
        found.append(Identifier(f"ex {kind} {group}", match.start(), match.end(), parts=parts))
    return found


def _levels(text: str) -> list[Identifier]:
    return [
        Identifier(grade.key, grade.start, grade.end, level=grade.level, is_nominal=grade.is_nominal)
        for grade in grades.find(text)
    ]
