"""Demands that the same supplies could answer stand on each other's page, for those who may know of them."""

from django.utils import timezone

from matching.services.ranking import rank_everything
from matching.services.similar import similar_to
from solutions.enums import Visibility
from tests.factories import DemandFactory, SolutionFactory


def test_demands_that_the_same_supplies_answer_are_similar(client, cast):
    texts = {"summary": "Technicians who repair solar pumps.", "body": ""}
    ours = DemandFactory(organisation=cast.ministry, title="Solar pumps in gardens", **texts)
    near = DemandFactory(organisation=cast.other, title="Solar pumps in orchards", **texts)
    hidden = DemandFactory(organisation=cast.other, title="Solar pumps", visibility=Visibility.PRIVATE, **texts)
    far = DemandFactory(organisation=cast.other, title="Tax returns", summary="Companies file.", body="Revenue.")
    SolutionFactory(organisation=cast.agency, title="Workshops on the repair of solar pumps")
    rank_everything(at=timezone.now())
    found = [entry.public_id for entry in similar_to(entry=ours, user=cast.visitor, most=4)]
    assert found == [near.public_id]
    known = {entry.public_id for entry in similar_to(entry=ours, user=cast.outsider, most=4)}
    assert known == {near.public_id, hidden.public_id}
    page = client.get(f"/entries/{ours.public_id}/").content.decode()
    assert (near.title in page, far.title in page) == (True, False)
