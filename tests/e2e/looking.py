"""Looks at a page as it stands: axe, width, language, direction, heading, and words that stayed English."""

import os
import re
from pathlib import Path

import pytest
from django.apps import apps
from playwright.sync_api import expect

from tests.e2e.conftest import AXE, WIDTHS
from tests.factories import PASSWORD

LANGUAGES = ("en", "fr", "ar")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SHOTS = os.environ.get("E2E_SHOTS", "")  # a folder for a picture of each page at each width
# What the page says by itself: texts and names, but for what is marked as another language's, code, or a field's text.
SAID = """() => {
  const own = document.documentElement.lang, said = [document.title];
  const skipped = "script, style, noscript, textarea, code, pre";
  const foreign = (node) => node.closest("[lang]").lang !== own || node.closest(skipped) || !node.checkVisibility();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (!foreign(walker.currentNode.parentElement)) said.push(walker.currentNode.data);
  }
  for (const name of ["aria-label", "alt", "title", "placeholder"]) {
    for (const node of document.querySelectorAll(`[${name}]`)) if (!foreign(node)) said.push(node.getAttribute(name));
  }
  for (const node of document.querySelectorAll("input[type=submit]")) said.push(node.value);
  return said.map((text) => text.trim()).filter((text) => /[A-Za-z]{3}/.test(text));
}"""
# Words that hold English sentences together, none of them French; on an Arabic page any Latin word is looked at.
ENGLISH = re.compile(r"\b(the|and|of|your|you|this|that|with|which|from|are|is|not|for|by|to|was|has|it)\b", re.I)
LATIN = re.compile(r"[A-Za-z]{3,}")
# Names, which every language writes in Latin letters.
NAMES = {
    "south", "match", "api", "csv", "xlsx", "json", "lines", "jsonl", "standard", "webhooks", "openid",
    "connect", "https", "http", "python", "english", "atom", "iso", "oecd", "dac", "com", "org", "utf", "usb",
    "sign", "pdf", "jpeg", "png", "sha", "utc", "manifest", "countries", "memberships", "organisations", "translations",
    "collections",
}  # fmt: skip
APPS = ("accounts", "taxonomy", "solutions", "matching", "notifications")


def texts_of_data():
    """Return all texts in the database, the longest first: what people wrote is in their language."""
    texts = set()
    for label in APPS:
        for model in apps.get_app_config(label).get_models():
            texts.update(str(value).strip() for row in model._default_manager.values_list() for value in row)
    return sorted((text for text in texts if LATIN.search(text)), key=len, reverse=True)


def expect_no_faults(*lookers):
    """Fail with everything that was found, a line each."""
    if faults := [fault for looker in lookers for fault in looker.faults]:
        pytest.fail("\n".join(faults), pytrace=False)


class Looker:
    """Somebody who opens pages in one language and notes what is wrong with each."""

    def __init__(self, page, language, *, widths=WIDTHS, preload=True, reads=True):
        self.page, self.language, self.widths, self.preload = page, language, widths, preload
        self.reads = reads  # whether words left in English are a fault
        self.faults, self.addresses = [], []
        self.written, self.words = [], set()
        page.add_init_script(path=AXE)  # in the page's own world past its CSP

    def log_in(self, person):
        self.page.goto("/accounts/login/")
        self.page.fill("input[name=login]", person.email)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.locator("main form button").first.click()
        expect(self.page.locator("form[action*=logout]").first).to_be_attached()

    def prove(self):
        """Write the password once more, as pages of one's own account ask for."""
        self.page.goto("/accounts/reauthenticate/?next=/accounts/")
        self.page.fill("input[name=password]", PASSWORD)
        self.page.locator("main form button").first.click()
        expect(self.page).to_have_url(re.compile("/accounts/$"))

    def open(self, name, address, *, status=200):
        answer = self.page.goto(address)
        if answer.status != status:
            self.fault(name, f"status {answer.status}")
        self.look(name)

    def send(self, name, values=None, *, form="main form", button=None):
        """Fill a form's fields and send it as it is, past the browser's own checks; then look at the answer."""
        self.submit(values, form=form, button=button)
        self.look(name)

    def submit(self, values=None, *, form="main form", button=None):
        found = self.page.locator(form).first
        found.evaluate(FILL, values or {})
        with self.page.expect_navigation():
            found.evaluate("(form, button) => form.requestSubmit(button && form.querySelector(button))", button)

    def fault(self, name, text):
        self.faults.append(f"{self.language} {name}: {text} ({self.page.url})")

    def look(self, name):
        """Look at the page at each width, with all that it folds up open."""
        self.addresses.append(self.page.url)
        self.page.evaluate("document.querySelectorAll('main details:not(.dropdown)').forEach((one) => one.open = true)")
        root = self.page.evaluate(
            "[document.documentElement.lang, document.documentElement.dir, document.querySelectorAll('h1').length]"
        )
        if root != [self.language, "rtl" if self.language == "ar" else "ltr", 1]:
            self.fault(name, f"lang, dir, number of h1: {root}")
        for text in self.left_in_english():
            self.fault(name, f"in English: {text}")
        for width in self.widths:
            self.page.set_viewport_size({"width": width, "height": 900})
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                self.fault(name, f"{wide} px wide at {width}")
            for barrier in self.barriers():
                self.fault(name, f"{width}: {barrier}")
            self.shoot(name, width)

    def barriers(self):
        """Return what axe finds against WCAG 2.2 AA."""
        options = {"runOnly": TAGS, "resultTypes": ["violations"], "preload": self.preload}
        found = self.page.evaluate("(options) => axe.run(options)", options)
        return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found["violations"]]

    def left_in_english(self):
        """Return the texts with words that are neither of the page's language nor of what people wrote."""
        if self.language == "en" or not self.reads:
            return []
        said = self.page.evaluate(SAID)
        if any(self.strange(text) for text in said):
            self.written = texts_of_data()
            self.words = {word.lower() for text in self.written for word in LATIN.findall(text)}
        return [text for text in said if self.strange(text)]

    def strange(self, text):
        """Tell whether a text has English words once what people wrote is taken out of it."""
        excerpt = text.strip("… ")
        if self.language == "fr" and not ENGLISH.search(text):
            return False
        if len(excerpt) > 20 and any(excerpt in known for known in self.written):
            return False
        for known in self.written:
            text = text.replace(known, "")
        if self.language != "ar":
            return ENGLISH.search(text) is not None
        return not {word.lower() for word in LATIN.findall(text)} <= self.words | NAMES

    def shoot(self, name, width):
        if SHOTS:
            folder = Path(SHOTS) / f"{self.language}-{width}"
            folder.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=folder / f"{name}.png", full_page=True)


# Write values into a form's fields, as a browser of another make or a program might send them.
FILL = """(form, values) => {
  form.noValidate = true;
  for (const [name, value] of Object.entries(values)) {
    for (const field of [...form.elements].filter((one) => one.name === name)) {
      if (field instanceof HTMLSelectElement && ![...field.options].some((one) => one.value === value)) {
        field.add(new Option(value, value));
      }
      field.removeAttribute("maxlength");
      if (field.type === "file") {
        const files = new DataTransfer();
        files.items.add(new File(["x"], value));
        field.files = files.files;
      } else if (field.type === "checkbox" || field.type === "radio") {
        field.value = value;
        field.checked = true;
      } else field.value = value;
    }
  }
}"""
