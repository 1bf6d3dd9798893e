"""Which name of a thing is shown in which language."""

import re
import unicodedata
from functools import cache

from babel import Locale, localedata
from django.core.exceptions import ValidationError
from django.utils.translation import get_language

FALLBACK = "en"
# CLDR, and so Babel, names the written form of Chinese; the platform's "zh" is simplified Chinese.
BABEL_CODES = {"zh": "zh_Hans"}


def active_language() -> str:
    """Return the active Django language without its region: "pt-br" becomes "pt"."""
    return (get_language() or FALLBACK).split("-")[0]


@cache
def locale_for(language: str) -> Locale:
    """Return the Babel locale of a language code, English when Babel does not know it."""
    code = BABEL_CODES.get(language, language)
    return Locale.parse(code if localedata.exists(code) else FALLBACK)


def territory_name(code: str, language: str) -> str:
    """Name an alpha-2 country or an M49 region in a language; empty when CLDR has no such code."""
    name: str = locale_for(language).territories.get(code, "")
    return name


def language_name(code: str, language: str) -> str:
    """Name a language in a language, starting with a capital; its code when CLDR does not know it."""
    name: str = locale_for(language).languages.get(code, code)
    return name[:1].upper() + name[1:]


def validate_names(value: object) -> None:
    """Accept a mapping from language codes to non-empty names.

    Raises ValidationError naming the first language that is wrong.
    """
    if not isinstance(value, dict):
        raise ValidationError("must be an object of names by language")
    for language, name in value.items():
        if not re.fullmatch(r"[a-z]{2,3}", language):
            raise ValidationError(f"{language!r} is not a language code")
        if not isinstance(name, str) or not name.strip() or len(name) > 200:
            raise ValidationError(f"the name in {language!r} must be text of 1 to 200 characters")


def validate_named_in_english(value: object) -> None:
    """Accept names that hold at least English, which every other language falls back to."""
    validate_names(value)
    if isinstance(value, dict) and FALLBACK not in value:
        raise ValidationError("the English name is missing")


def sort_key(name: str, language: str) -> str:
    """Return the key that puts names in the order a reader expects: accents do not count, nor does case.

    Chinese names go by the GB 18030 code, which orders the common characters by pinyin.
    """
    if language == "zh":
        return name.encode("gb18030").decode("latin-1")
    letters = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()
