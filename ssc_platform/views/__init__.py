"""Pages and probes of the site as a whole."""

from ssc_platform.views.desk import desk
from ssc_platform.views.guide import guide_index, guide_page, terms
from ssc_platform.views.home import home
from ssc_platform.views.organisations import organisation_index, organisation_page
from ssc_platform.views.places import country_page, goal_page, place_index, region_page
from ssc_platform.views.probes import healthz, readyz
from ssc_platform.views.robots import robots
from ssc_platform.views.search import search_page

__all__ = [
    "country_page",
    "desk",
    "goal_page",
    "guide_index",
    "guide_page",
    "healthz",
    "home",
    "organisation_index",
    "organisation_page",
    "place_index",
    "readyz",
    "region_page",
    "robots",
    "search_page",
    "terms",
]
