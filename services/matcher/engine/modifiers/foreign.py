"""Tells sentences in languages other than Chinese and English, where a denial could be taken for a claim."""

import re

# Kana, Hangul, Cyrillic, Arabic, Thai and their like; Greek letters are units and symbols.
_SCRIPTS = re.compile("[\u0400-\u1cff\u3041-\u30fa\u3131-\u318e\uac00-\ud7af]")
_FEWEST = 2
# Small words that English does not have. In lower case: DAS and MIT are names.
_SMALL_WORDS = re.compile(
    r"\b(?:nicht|keine?[nmrs]?|ohne|wird|werden|für|und|ist|sind|der|das|durch|"
    r"n'est|sont|avec|pour|dans|sans|aucune?|une|los|las|una|del|para|por|não|com|uma|"
    r"della|sono|senza|niet|voor|het|een)\b"
)
_DENIES_OR_PLANS = re.compile(
    r"\b(?:nicht|kein|ohne|noch|geplant|beantragt|Ziel|pas|sans|aucun|prévu|objectif|no|sin|previst|não|sem|non|senza|"
    r"niet|geen|не|нет|без|планир|ожида|цель)|未|な[いしく]|ません|予定|目標|申請|없|않|아니|예정|목표|미[취지]",
    re.IGNORECASE,
)


def is_unread(text: str) -> bool:
    """Whether a sentence is in a language whose denials and plans are not told from claims."""
    return len(_SCRIPTS.findall(text)) >= _FEWEST or bool(_SMALL_WORDS.search(text))


def is_doubtful(text: str) -> bool:
    """Whether such a sentence has a word by which one of the larger languages denies or plans."""
    return is_unread(text) and bool(_DENIES_OR_PLANS.search(text))
