"""Words for the bands, states and explanations of matches, in the active language."""

from typing import Any

from django import template

from matching.enums import Band

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
    return f"{100 * float(value):.1f}"
