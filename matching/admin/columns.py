"""What the desk's lists write of a match, a column each."""

from __future__ import annotations

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from matching.engine.explain import FEATURES
from matching.enums import Actor
from matching.models import Match
from matching.services.explaining import shared_words
from matching.templatetags.matching_words import as_equal, points

SHOWN_WORDS = 3
SHOWN_FEATURES = 3


@admin.display(description=_("score"))
def score_bar(match: Match) -> SafeString:
    """Draw the score as a meter and write it, with its band."""
    bar = '<meter min="0" max="1" value="{}" aria-label="{}"></meter> {}<br><small>{}</small>'
    return format_html(bar, f"{match.score:.3f}", _("Score"), points(match.score), match.get_band_display())


@admin.display(description=_("state"))
def standing(match: Match) -> SafeString:
    """Write the state, how a curator marked the pair, and since when."""
    mark = format_html(" <strong>{}</strong>", match.get_mark_display()) if match.mark else ""
    since = timesince(match.state_since, timezone.now(), depth=1)
    return format_html("{}{}<br><small>{}</small>", match.get_state_display(), mark, since)


@admin.display(description=_("supply"))
def by_supply(match: Match) -> SafeString:
    """Write the supply with where it is from."""
    supply = match.supply
    note = f"{supply.country or _('global')}, {supply.get_kind_display()}"
    return format_html('<bdi lang="{}">{}</bdi><br><small>{}</small>', supply.language_id, supply.title, note)


@admin.display(description=_("next"))
def next_actor(match: Match) -> SafeString:
    """Write who has to act, and how long they have or had."""
    who = ", ".join(str(actor.label) for actor in Actor if actor in match.next_actors) or "–"
    if match.due_at is None:
        return format_html("{}", who)
    now = timezone.now()
    if match.due_at <= now:
        late = gettext("%(time)s overdue") % {"time": timesince(match.due_at, now, depth=1)}
        return format_html('{}<br><small class="overdue">{}</small>', who, late)
    left = gettext("%(time)s left") % {"time": timeuntil(match.due_at, now, depth=1)}
    return format_html("{}<br><small>{}</small>", who, left)


@admin.display(description=_("languages"))
def languages(match: Match) -> str:
    """Write in which languages demand and supply are."""
    return f"{match.demand.language_id} ← {match.supply.language_id}"


@admin.display(description=_("main reasons"))
def main_reasons(match: Match) -> SafeString:
    """Write the words both share and the facets that give most."""
    reasons = match.explanation["reasons"]
    words = dict.fromkeys(as_equal(pair) for pair in shared_words(match.explanation, most=SHOWN_WORDS))
    best = sorted(reasons, key=lambda reason: -reason["weight"] * reason["value"])[:SHOWN_FEATURES]
    parts = [f"{gettext(FEATURES[r['feature']])} {points(r['weight'] * r['value'])}" for r in best]
    return format_html("{}<br><small>{}</small>", "; ".join(words), "; ".join(parts))
