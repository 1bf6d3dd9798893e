"""The second step at log-in."""

from __future__ import annotations

from allauth.mfa.adapter import DefaultMFAAdapter
from qrcode import make
from qrcode.image.svg import SvgPathFillImage


class SecondStepAdapter(DefaultMFAAdapter):
    """Pictures of keys that telephones read on dark pages too."""

    def build_totp_svg(self, url: str) -> str:
        return make(url, image_factory=SvgPathFillImage).to_string(encoding="unicode")  # type: ignore[no-any-return]  # no types
