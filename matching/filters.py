"""What lists of matches can be narrowed by."""

from django_filters import CharFilter, FilterSet

from matching.models import Match


class MatchFilter(FilterSet):
    """Narrow by demand and supply (public ids), state and band."""

    demand = CharFilter(field_name="demand__public_id")
    supply = CharFilter(field_name="supply__public_id")

    class Meta:
        model = Match
        fields = ("demand", "supply", "state", "band")
