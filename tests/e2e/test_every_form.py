"""Every form of the site, sent empty and with wrong values: told at the field, in the reader's language."""

from dataclasses import dataclass, field

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse

from accounts.models import Invitation
from accounts.services.invitations import link_to
from matching.models import Match
from tests.e2e.looking import LANGUAGES, Looker, expect_no_faults

LONG = "x" * 20_001
LATE = {"start_date": "2027-05-01", "end_date": "2027-01-01"}
# Take out of a form all that can be taken out, and tell which fields that leaves without what they need.
EMPTY = """(form) => {
  const needed = new Set();
  for (const field of form.elements) {
    if (field.type === "hidden" || !field.name) continue;
    if (field instanceof HTMLSelectElement) {
      if (![...field.options].some((one) => one.value === "")) field.add(new Option("", ""));
      field.value = "";
    } else if (field.type === "checkbox" || field.type === "radio") field.checked = false;
    else if (field.type !== "submit") field.value = "";
    if (field.required) needed.add(field.name);
  }
  return [...needed];
}"""
# What is said at each field by way of its description, under "" what is said of the form, and what the fields hold.
SAID = """(form) => {
  const text = (node) => node?.matches(".errorlist, .fault, [role=alert]") ? node.textContent.trim() : "";
  const said = {}, held = {};
  for (const field of form.elements) {
    const group = field.closest("fieldset[aria-describedby]");
    const ids = [field, group].flatMap((one) => one?.getAttribute("aria-describedby")?.split(" ") ?? []);
    const faults = ids.map((id) => text(document.getElementById(id))).join("");
    if (field.name && faults) said[field.name] = faults;
    const passed = "[type=hidden], [type=file], [type=checkbox], [type=password]";
    if (field.name && field.matches(`input:not(${passed}), textarea`)) held[field.name] = field.value;
  }
  const whole = document.querySelector("main .nonfield, main .message.error, main form [role=alert]:not([id])");
  if (whole?.textContent.trim()) said[""] = whole.textContent.trim();
  return [said, held];
}"""


@dataclass
class Form:
    """Where a form is, and what is wrong with the values; `at` are the fields at which that has to be said."""

    name: str
    address: str
    wrong: dict = field(default_factory=dict)
    at: tuple = ()
    form: str = "main form"
    button: str | None = None


def forms_of_visitors(site):
    key = {"uidb36": user_pk_to_url_str(site.person), "key": default_token_generator.make_token(site.person)}
    short = {"password1": "12345678", "password2": "12345678"}
    return [
        Form("login", reverse("account_login"), {"login": "nobody@example.org", "password": "wrong"}, at=("",)),
        Form("password-reset", reverse("account_reset_password"), {"email": "nobody"}),
        Form("password-key", reverse("account_reset_password_from_key", kwargs=key), short, at=("password1",)),
        Form(
            "invitation", link_to(Invitation.objects.get(email="awa@example.org")), {"name": "Awa", **short},
            at=("password2",),
        ),
    ]  # fmt: skip


def forms_of_accounts(site):
    """Forms about oneself, one's team and one's programs."""
    cast, team = site.cast, site.cast.ministry.slug
    own = cast.ministry.memberships.get(user=site.person).pk
    away = {"away_from": "2027-05-02", "away_until": "2027-05-01"}
    new = {"oldpassword": "wrong", "password1": "new words here", "password2": "other words"}
    member, team_page = reverse("team-member", args=[team, own]), reverse("team", args=[team])
    return [
        Form("profile", reverse("account-profile"), {"name": LONG}),
        Form(
            "email", reverse("account_email"), {"email": cast.publisher.email + "@"},
            form="form:has([name=email])", button="[name=action_add]",
        ),
        Form("password", reverse("account_change_password"), new, at=("oldpassword",)),
        Form("reauthenticate", reverse("account_reauthenticate"), {"password": "wrong"}),
        Form("describe", reverse("organisation-describe", args=[team]), {"website": "no address"}),
        Form("invite", team_page, {"email": cast.colleague.email}, form="main form:has([name=email])"),
        Form("member", member, {"role": "curator"}, button="[value=change]"),
        Form("hand-over", member, {"to": "0"}, form="form:has([name=to])", button="[value=hand_over]"),
        Form(
            "absence", reverse("absence"), away, at=("away_until",),
            form=f"form:has([name=membership][value='{own}'])", button="[name=membership]",
        ),
        Form("tokens", reverse("tokens"), {"days": "4000", "name": "Pumps"}, at=("days",)),
        Form("notices", reverse("notice-settings"), {"matching.new_matches": "7"}, form="main form:has(select)"),
        Form("webhook", reverse("webhook-list"), {"url": "http://127.0.0.1/hook"}),
        Form("search-renamed", reverse("saved-searches"), {"name": "x" * 200}),
        Form("mfa-app", reverse("mfa_activate_totp"), {"code": "000000"}),
    ]  # fmt: skip


def forms_of_entries(site):
    """The steps in which entries are written, and what else is done to an entry."""
    demand, solution, offer = (entry.public_id for entry in (site.gardens, site.solution, site.offer_to_edit))
    address = {"contact_url": "no address"}
    steps = [
        (demand, "basics", {"title": LONG, "language": "xx"}),
        (demand, "need", {"beneficiary_count": "-5"}),
        (demand, "needs", {"needs-0-title": "", "needs-0-description": "Pumps"}),
        (demand, "need", {"gap": LONG}),
        (demand, "topics", {"keywords": LONG}),
        (demand, "cooperation", LATE),
        (demand, "sharing", address),
        (demand, "letter", {"letter": "letter.exe"}),
        (solution, "practice", {"challenge": LONG}),
        (solution, "replication", LATE),
        (solution, "evidence", {"adapted_from": "7", "evidence_links": "7"}),
        (solution, "cooperation", address),
        (offer, "offered", {"capacity_per_year": "-1", "capacity_unit": LONG}),
        (offer, "eligibility", {"linked_solutions": "7"}),
        (offer, "cooperation", LATE),
    ]
    called = {demand: "demand", solution: "solution", offer: "offer"}
    blamed = {"needs": ("needs-0-title",), "cooperation": ("end_date",), "replication": ("end_date",)}
    archive, need = reverse("entry-move", args=[demand, "archive"]), reverse("entry-edit", args=[demand, "need"])
    translated = {"title": "Bombas", "summary": "", "status": "human"}
    return [
        *(
            Form(f"{kind}-new", reverse(f"{kind}-new"), {"title": LONG, "summary": "Pumps"}, at=("title",))
            for kind in called.values()
        ),
        *(
            Form(
                f"{called[entry]}-{step}", reverse("entry-edit", args=[entry, step]), wrong,
                at=blamed.get(step, ()) if wrong is not address else (),
            )
            for entry, step, wrong in steps
        ),
        Form("step-stale", need, {"version": "0", "gap": "Pumps"}, at=("",)),
        Form("move", archive, {"note": "x" * 2001}),
        Form("move-stale", archive, {"version": "0", "note": "Pumps"}, at=("",)),
        Form("import", reverse("entry-import"), {"file": "entries.exe"}),
        Form(
            "translation", reverse("translation-edit", args=[solution, "es"]), translated,
            at=("summary",), form="form.translation",
        ),
    ]  # fmt: skip


def forms_of_matches(site):
    """What is done to a match that is introduced, and to one that is proposed."""
    page = reverse("match-page", args=[site.match.public_id])
    proposed = Match.objects.filter(demand=site.gardens, state="proposed").exclude(pk=site.match.pk)[0]
    before = reverse("match-page", args=[proposed.public_id])
    note = {"note": "x" * 2001}
    wrong = [
        (page, "accept", note),
        (page, "message", {"kind": "7", "text": "x" * 2001}),
        (page, "needs", {"needs": "0"}),
        (page, "decline", {"reason": "none", **note}),
        (page, "withdraw", {"reason": "none", **note}),
        (before, "shortlist", note),
        (before, "dismiss", {"reason": "none", **note}),
    ]
    return [Form(f"match-{verb}", address, fields, form=f"#act-{verb} form") for address, verb, fields in wrong]


def try_out(looker, form):
    """Send a form empty and with wrong values, and note what is not said, not at its field, or lost."""
    page = looker.page
    page.goto(form.address)
    found = page.locator(form.form).first
    needed = found.evaluate(EMPTY)
    if needed:
        looker.send(f"{form.name}-empty", form=form.form, button=form.button)
        said, _held = page.locator(form.form).first.evaluate(SAID)
        if missing := set(needed) - set(said):
            looker.fault(f"{form.name}-empty", f"nothing is said at {sorted(missing)}")
    else:
        page.goto(form.address)
    looker.send(f"{form.name}-wrong", form.wrong, form=form.form, button=form.button)
    if not page.locator(form.form).count():
        looker.fault(f"{form.name}-wrong", "was taken")
        return
    said, held = page.locator(form.form).first.evaluate(SAID)
    if missing := set(form.at or form.wrong) - set(said):
        looker.fault(f"{form.name}-wrong", f"nothing is said at {sorted(missing)}, but {said}")
    if lost := {name: value[:50] for name, value in held.items() if value != form.wrong.get(name, value)}:
        looker.fault(f"{form.name}-wrong", f"lost: {lost}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_says_what_is_wrong_at_the_field_and_loses_nothing(open_page, site, language):
    visitor, member = (Looker(open_page(locale=language), language, widths=(360,)) for _ in range(2))
    for form in forms_of_visitors(site):
        try_out(visitor, form)
    member.log_in(site.person)
    member.prove()
    for form in (*forms_of_accounts(site), *forms_of_entries(site), *forms_of_matches(site)):
        try_out(member, form)
    key = Authenticator.objects.create(user=site.person, type="webauthn", data={"name": "Pumps", "credential": {}})
    try_out(member, Form("mfa-key", reverse("mfa_edit_webauthn", args=[key.pk]), at=("name",)))
    key.delete()
    TOTP.activate(site.person, generate_totp_secret())
    try_out(member, Form("mfa-reauthenticate", reverse("mfa_reauthenticate"), {"code": "000000"}))
    visitor.log_in(site.person)
    try_out(visitor, Form("mfa-authenticate", reverse("mfa_authenticate"), {"code": "000000"}))
    expect_no_faults(visitor, member)
