"""The page of a match: who reads what of it, what each may do there, and what comes of bad input."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from matching.enums import Answer, MatchState, MessageKind
from matching.models import Match, MatchMessage
from matching.services.conversing import post_message
from matching.services.curation import introduce, shortlist
from matching.services.marking import add_match_by_hand
from matching.services.ranking import rank_everything
from matching.views.acts import VERBS
from solutions.enums import Visibility
from solutions.models import Entry, NeedLine
from tests.factories import DemandFactory, SolutionFactory

S = MatchState
PEOPLE = ("focal_point", "colleague", "observer", "publisher", "outsider", "unverified_member", "curator", "visitor")
MEMBERS = {"focal_point", "colleague", "observer"}


@pytest.fixture
def match(catalogue):
    rank_everything(at=timezone.now())
    return Match.objects.get(supply=catalogue.pumps)


@pytest.fixture
def introduced(match, cast):
    shortlist(match=match, by=cast.focal_point, note="Only for the ministry.", at=timezone.now())
    introduce(match=match, by=cast.curator, note="Both work in the Sahel.", at=timezone.now())
    return match


def signed_in(cast, person):
    client = Client()
    if person != "visitor":
        client.force_login(getattr(cast, person))
    return client


def page(match):
    return reverse("match-page", args=[match.public_id])


def act(match, verb):
    return reverse("match-act", args=[match.public_id, verb])


def offered(client, match):
    return set(re.findall(r'id="act-(\w+)"', client.get(page(match)).content.decode()))


@pytest.mark.parametrize("visibility", Visibility)
def test_who_reads_the_page_before_and_after_the_introduction(cast, match, visibility):
    Entry.objects.filter(pk=match.demand_id).update(visibility=visibility)
    readers = MEMBERS | {"curator"} | ({"publisher"} if visibility != Visibility.PRIVATE else set())
    for state, told in ((S.PROPOSED, None), (S.INTRODUCED, timezone.now()), (S.DECLINED, timezone.now())):
        Match.objects.filter(pk=match.pk).update(state=state, introduced_at=told)
        readers |= {"publisher"} if told else set()
        statuses = {person: signed_in(cast, person).get(page(match)).status_code for person in PEOPLE}
        assert statuses == {**dict.fromkeys(PEOPLE, 404), **dict.fromkeys(readers, 200), "visitor": 302}


def test_each_side_sees_the_other_side_s_people_once_they_are_introduced(cast, match):
    addresses = {person: getattr(cast, person).email for person in ("focal_point", "colleague", "publisher")}

    def seen(person):
        text = signed_in(cast, person).get(page(match)).content.decode()
        return {name for name, address in addresses.items() if f"mailto:{address}" in text}

    assert seen("focal_point") == {"focal_point", "colleague"}
    assert seen("publisher") == {"publisher"}
    assert seen("curator") == {*addresses}
    shortlist(match=match, by=cast.focal_point, at=timezone.now())
    assert seen("publisher") == {"publisher"}
    introduce(match=match, by=cast.curator, at=timezone.now())
    assert seen("focal_point") == seen("publisher") == seen("observer") == {*addresses}


def test_what_was_noted_before_the_introduction_stays_on_one_side(cast, introduced):
    for person, read in (("publisher", False), ("focal_point", True), ("observer", True), ("curator", True)):
        text = signed_in(cast, person).get(page(introduced)).content.decode()
        assert ("Only for the ministry." in text) is read
        assert "Both work in the Sahel." in text


def test_what_a_curator_noted_before_the_introduction_is_for_curators(cast, match):
    shortlist(match=match, by=cast.curator, note="The evidence is thin.", at=timezone.now())
    introduce(match=match, by=cast.curator, at=timezone.now())
    for person, read in (("publisher", False), ("focal_point", False), ("curator", True)):
        text = signed_in(cast, person).get(page(match)).content.decode()
        assert ("The evidence is thin." in text) is read


@pytest.mark.parametrize(
    ("state", "forms"),
    [
        (
            S.PROPOSED,
            {"focal_point": {"shortlist", "dismiss"}, "curator": {"shortlist", "dismiss"}, "publisher": set()},
        ),
        (
            S.SHORTLISTED,
            {"focal_point": {"withdraw"}, "curator": {"introduce", "dismiss"}, "publisher": set(), "observer": set()},
        ),
        (
            S.INTRODUCED,
            {
                "focal_point": {"accept", "decline", "withdraw", "message"},
                "publisher": {"accept", "decline", "message"},
                "curator": {"message"},
                "observer": set(),
            },
        ),
        (
            S.INTERESTED,
            {
                "focal_point": {"agree", "decline", "withdraw", "message"},
                "publisher": {"decline", "message"},
                "curator": {"agree", "message"},
            },
        ),
        (S.AGREED, {"focal_point": {"message"}, "publisher": {"message"}, "curator": {"message"}, "observer": set()}),
        (S.DECLINED, {"focal_point": set(), "publisher": set(), "curator": {"reopen"}}),
        (S.GONE, {"curator": {"dismiss"}}),
    ],
)
def test_everybody_is_offered_what_is_theirs_to_do(cast, match, state, forms):
    told = timezone.now() if state not in {S.PROPOSED, S.SHORTLISTED} else None
    Match.objects.filter(pk=match.pk).update(state=state, introduced_at=told)
    assert {person: offered(signed_in(cast, person), match) for person in forms} == forms


def test_a_match_is_answered_on_its_page_from_the_proposal_to_the_agreement(cast, match):
    NeedLine.objects.create(demand_id=match.demand_id, title="Train technicians")
    need = NeedLine.objects.get()
    for person, verb, said in (
        ("focal_point", "shortlist", {"note": "We want this."}),
        ("focal_point", "needs", {"needs": [need.pk]}),
        ("curator", "introduce", {}),
        ("publisher", "message", {"kind": "question", "text": "How many places?"}),
        ("focal_point", "message", {"kind": "answer", "text": "Twelve."}),
        ("publisher", "accept", {"side": "supply_side"}),
        ("focal_point", "accept", {"side": "demand_side"}),
        ("focal_point", "agree", {"note": "From March."}),
    ):
        match.refresh_from_db()
        answer = signed_in(cast, person).post(act(match, verb), {"version": match.version, **said}, follow=True)
        assert answer.redirect_chain == [(page(match), 302)], (verb, answer.content.decode())
        assert [str(message) for message in answer.context["messages"]] == [str(VERBS[verb].done)]
    match.refresh_from_db()
    assert (match.state, list(match.needs.all())) == (S.AGREED, [need])
    text = signed_in(cast, "publisher").get(page(match)).content.decode()
    assert text.index("How many places?") < text.index("Twelve.")
    assert "From March." in text


def test_a_dismissal_leads_back_to_the_demand(cast, match):
    said = {"version": match.version, "reason": "wrong_topic"}
    answer = signed_in(cast, "focal_point").post(act(match, "dismiss"), said)
    assert answer.headers["Location"] == reverse("demand-matches", args=[match.demand.public_id])


def test_a_stale_form_says_who_was_first_and_can_be_sent_again(cast, introduced):
    version = introduced.version
    client = signed_in(cast, "focal_point")
    accepted = {"version": version, "side": "supply_side"}
    assert signed_in(cast, "publisher").post(act(introduced, "accept"), accepted).status_code == 302
    answer = client.post(act(introduced, "accept"), {"version": version, "side": "demand_side", "note": "Gladly."})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Publisher was first" in text
    assert "Gladly." in text
    assert Match.objects.get(pk=introduced.pk).demand_answer == ""
    again = re.search(r'name="version" value="(\d+)" id="accept_version"', text).group(1)
    client.post(act(introduced, "accept"), {"version": again, "side": "demand_side"})
    assert Match.objects.get(pk=introduced.pk).state == S.INTERESTED


@pytest.mark.parametrize(
    ("verb", "said", "status"),
    [
        ("accept", {"side": "demand_side"}, 403),
        ("accept", {"side": "clock"}, 400),
        ("accept", {}, 400),
        ("decline", {"side": "supply_side"}, 400),
        ("decline", {"side": "supply_side", "reason": "not_needed"}, 400),
        ("decline", {"side": "supply_side", "reason": "other"}, 400),
        ("decline", {"side": "supply_side", "reason": "no_capacity", "note": "x" * 2001}, 400),
        ("agree", {}, 403),
        ("introduce", {}, 403),
        ("withdraw", {"reason": "not_needed"}, 403),
        ("reopen", {}, 403),
        ("message", {"kind": "question", "text": " "}, 400),
        ("message", {"kind": "question", "text": "x" * 2001}, 400),
        ("message", {"kind": "shout", "text": "x"}, 400),
        ("needs", {"needs": [1]}, 400),
        ("accept", {"side": "supply_side", "version": ""}, 400),
        ("accept", {"side": "supply_side", "version": "x"}, 400),
        ("accept", {"side": "supply_side", "version": "9" * 30}, 409),
        ("nothing", {}, 404),
    ],
)
def test_bad_input_is_answered_clearly_and_changes_nothing(cast, introduced, verb, said, status):
    before = Match.objects.filter(pk=introduced.pk).values().get()
    client = signed_in(cast, "publisher")
    answer = client.post(act(introduced, verb), {"version": introduced.version, **said})
    assert answer.status_code == status
    assert status == 404 or 'class="errorlist' in answer.content.decode()
    assert Match.objects.filter(pk=introduced.pk).values().get() == before
    assert not MatchMessage.objects.exists()


def test_foreign_need_lines_are_refused(cast, match):
    NeedLine.objects.create(demand_id=match.demand_id, title="Own")
    foreign = NeedLine.objects.create(demand=DemandFactory(organisation=cast.ministry), title="Foreign")
    said = {"version": match.version, "needs": [foreign.pk]}
    assert signed_in(cast, "focal_point").post(act(match, "needs"), said).status_code == 400
    assert not match.needs.exists()


@pytest.mark.parametrize("verb", VERBS)
def test_strangers_act_on_nothing_and_a_look_changes_nothing(cast, introduced, verb):
    said = {"version": introduced.version, "side": "demand_side", "reason": "other", "note": "x", "text": "x"}
    before = Match.objects.filter(pk=introduced.pk).values().get()
    for person, status in (("outsider", 404), ("unverified_member", 404), ("visitor", 302)):
        assert signed_in(cast, person).post(act(introduced, verb), said).status_code == status
    for person in ("focal_point", "publisher", "curator"):
        look = signed_in(cast, person).get(act(introduced, verb))
        assert (look.status_code, look.url) == (302, f"/matches/{introduced.public_id}/")
    assert Match.objects.filter(pk=introduced.pk).values().get() == before


def test_the_page_says_where_it_stands_who_is_next_and_what_the_engine_thinks(cast, introduced):
    Match.objects.filter(pk=introduced.pk).update(demand_answer=Answer.ACCEPTED)
    text = signed_in(cast, "publisher").get(page(introduced)).content.decode()
    assert "Introduced" in text
    assert re.search(r"<dt>Next</dt><dd>Provider</dd>", text)
    assert "Solar pumps = Pompes solaires" in text
    assert re.search(r"<dt>Time left</dt><dd>\d+\xa0weeks", text)
    Match.objects.filter(pk=introduced.pk).update(due_at=introduced.introduced_at)
    assert "Overdue since" in signed_in(cast, "publisher").get(page(introduced)).content.decode()


def test_a_pair_that_the_engine_excludes_says_so(cast, catalogue):
    near = SolutionFactory(organisation=cast.other)
    match = add_match_by_hand(demand=catalogue.demand, supply=near, by=cast.curator, at=timezone.now())
    text = signed_in(cast, "focal_point").get(page(match)).content.decode()
    assert "Excluded because it comes from the country that asks." in text


def test_the_page_costs_the_same_for_one_message_and_for_three(cast, introduced):
    client = signed_in(cast, "publisher")
    costs = []
    for number in (1, 2):
        for _ in range(number):
            post_message(match=introduced, by=cast.publisher, kind=MessageKind.QUESTION, text="?", at=timezone.now())
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page(introduced)).content.decode().count('id="message-') == MatchMessage.objects.count()
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_the_demand_s_page_shows_its_need_lines_and_pinned_matches_first(cast, catalogue, match):
    need = NeedLine.objects.create(demand=catalogue.demand, title="Train technicians")
    NeedLine.objects.create(demand=catalogue.demand, title="Paint the pumps")
    match.needs.add(need)
    url = reverse("demand-matches", args=[catalogue.demand.public_id])
    client = signed_in(cast, "focal_point")
    text = client.get(url).content.decode()
    assert re.search(r"Train technicians.*?Cooperation Agency</a>", text, re.S)
    assert "Nobody proposed so far would cover:" in text
    last = Match.objects.order_by("-rank").first()
    Match.objects.filter(pk=last.pk).update(mark="pinned")
    assert client.get(url).context["matches"][0] == last


def test_what_is_under_way_is_listed_for_both_sides_at_the_same_cost_for_any_number(cast, introduced):
    url = reverse("my-matches")

    def listed(person):
        client = signed_in(cast, person)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(url)
        return answer.content.decode().count("/matches/" + introduced.public_id), len(queries)

    seen = {person: listed(person) for person in PEOPLE if person != "visitor"}
    expected = {"focal_point": 1, "colleague": 1, "observer": 1, "publisher": 1}
    assert {person: found for person, (found, _cost) in seen.items() if found} == expected
    assert Client().get(url).status_code == 302
    Match.objects.exclude(pk=introduced.pk).update(state=S.INTERESTED, introduced_at=timezone.now())
    assert Match.objects.count() > 1
    assert listed("publisher") == seen["publisher"]
