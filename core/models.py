"""Answers kept, so that a call repeated with the same Idempotency-Key does its work once."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class KeptAnswer(models.Model):
    """What was answered to one person's call under one key; forgotten at the first call with a key after a week."""

    hidden_fields = ("body",)  # kept from downloads of personal data: it may hold a secret that is shown once

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    request = models.CharField(max_length=64, help_text="A digest of method, path and body.")
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(default=dict)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_answer_a_key_and_person")]

    def __str__(self) -> str:
        return f"{self.key} → {self.status}"
