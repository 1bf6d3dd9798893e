"""What the guide says to each role, and the words that the platform uses in a sense of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do; `shot` names a picture in static/site/guide/LANGUAGE/ that shows the page of that title."""

    text: Any
    shot: str = ""
    title: Any = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """The steps of one role; `page` is the name of the address to begin at."""

    slug: str
    title: Any
    page: str
    steps: tuple[Step, ...]


GUIDES = (
    Guide(
        "public",
        _("For everyone"),
        "search",
        (
            Step(
                _("Write what you look for, in any language. The marked words show what was found."),
                "search",
                _("Search"),
            ),
            Step(_("Narrow the results; the numbers say how many entries are left.")),
            Step(
                _("The pages of goals, regions and countries show needs, solutions, offers and partners."),
                "country",
                _("Regions and countries"),
            ),
            Step(_("A mark on an entry says who translated it; a link leads to the original.")),
            Step(_("Members can keep a search and hear once a day what is new in it.")),
        ),
    ),
    Guide(
        "focal-point",
        _("For focal points"),
        "desk",
        (
            Step(_("Post a need in steps. What you write is kept, so that you can come back later.")),
            Step(
                _("While you write, the page shows which solutions and offers could answer it, and why."),
                "write",
                _("Post a demand"),
            ),
            Step(_("A curator publishes it, or sends it back with comments.")),
            Step(
                _("Open the matches of your demand. Each one says in words where its points come from."),
                "matches",
                _("Matches"),
            ),
            Step(_("Shortlist what fits. A curator then introduces you to the provider.")),
            Step(_("Answer before the limit on your desk. When you are away, name a deputy."), "desk", _("My desk")),
        ),
    ),
    Guide(
        "publisher",
        _("For agencies and institutions"),
        "desk",
        (
            Step(
                _("Publish what has worked as a solution, and what you can give as an offer."),
                "entries",
                _("My entries"),
            ),
            Step(_("Fill in every field that you can: what is not stated cannot count.")),
            Step(_("Bring many entries at once from a spreadsheet. It is checked before anything is written.")),
            Step(_("You are told when an entry of yours is proposed for a demand that you may read.")),
            Step(
                _("Accept or decline an introduction, with a reason. Both sides can ask questions."),
                "match",
                _("Match"),
            ),
            Step(_("Confirm your entries when we ask. What nobody confirms leaves the matching, later the lists.")),
        ),
    ),
    Guide(
        "curator",
        _("For curators"),
        "admin:index",
        (
            Step(_("The desk shows what waits for you and which limits are over."), "curation", _("Curation")),
            Step(_("Publish an entry, or return it with a comment that says what is missing.")),
            Step(
                _("Compare candidates and decide with a reason. A new ranking never changes your decision."),
                "candidates",
                _("Matches"),
            ),
            Step(_("Any pair can be explained, or added by hand.")),
            Step(_("Put entries together in collections, and translate them.")),
        ),
    ),
    Guide(
        "developer",
        _("For developers"),
        "api-docs",
        (
            Step(_("The API gives what the pages show, to the same people."), "api", "API"),
            Step(_("Make an access token with only the scopes that your program needs.")),
            Step(_("Send If-Match with every change, so that nobody's work is lost.")),
            Step(_("Feeds, webhooks and the open archive bring you what is new.")),
            Step(_("Another platform can ask for matches of its own records.")),
        ),
    ),
)
TERMS = (
    (_("Solution"), _("A practice that worked, documented: the challenge, what was done, the results.")),
    (_("Demand"), _("An official need of a country, posted by its focal point.")),
    (_("Offer"), _("A standing offer of cooperation, such as training places, experts or study visits.")),
    (_("Entry"), _("A solution, a demand or an offer.")),
    (_("Need line"), _("One of several needs within a demand; each may have another provider.")),
    (_("Match"), _("A demand and a solution or offer that could answer it, with a score and its reasons.")),
    (_("Score"), _("The sum of the reasons shown with a match, in points of a hundred. It is no probability.")),
    (_("Focal point"), _("The person who speaks for a country or an institution.")),
    (_("Publisher"), _("The person who publishes solutions and offers for an organisation.")),
    (_("Curator"), _("The person who reads entries, decides on matches and introduces the two sides.")),
    (_("Observer"), _("A member who reads along and changes nothing.")),
    (_("Introduction"), _("The act of putting the two sides of a match in touch.")),
    (_("Verified organisation"), _("An organisation of which a curator has confirmed that it is what it says.")),
    (_("Goal and target"), _("The Sustainable Development Goals of the United Nations, and what each asks for.")),
    (_("Needs reconfirmation"), _("Nobody has said for a long time that the entry still holds.")),
    (_("Illustrative"), _("A plausible example, not an official record.")),
)
"""Each word with what it means here."""
