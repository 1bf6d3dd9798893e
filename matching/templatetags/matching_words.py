"""Words for the bands, states and explanations of matches, in the active language."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template
from django.utils.formats import number_format

from matching.enums import Actor, Band, EndingReason, MatchState
from matching.services.explaining import Labels, in_words

register = template.Library()


@register.filter
def band_name(code: str) -> str:
    """Say how strong a match is."""
    return str(Band(code).label)


@register.filter
def as_equal(words: list[str]) -> str:
    """Write a pair of words as an equation: "gestion de l'eau = water management"; one word if they are the same."""
    demand, supply = words
    return demand if demand.casefold() == supply.casefold() else f"{demand} = {supply}"


@register.filter
def points(value: Any) -> str:
    """Write a share of one as points of a hundred, as the explanations do."""
    return number_format(100 * float(value), 1)


@register.filter
def sentences(explanation: Mapping[str, Any]) -> tuple[str, ...]:
    """Say a match's explanation: the verdict, a sentence for each part of the sum, what is not stated."""
    return in_words(explanation, Labels()).sentences


@register.filter
def actor_name(code: str) -> str:
    """Say in what capacity somebody acts."""
    return str(Actor(code).label)


@register.filter
def reason_name(code: str) -> str:
    """Say why a match ended."""
    return str(EndingReason(code).label)


@register.filter
def state_name(code: str) -> str:
    """Say where a match stands."""
    return str(MatchState(code).label)


@register.filter
def as_date(text: str) -> date:
    """Read a date that was stored as text."""
    return date.fromisoformat(text)
