"""What keeps background work in order: leases, and what became of each job."""

from __future__ import annotations

from django.db import models


class Lease(models.Model):
    """A right that one process at a time holds, until a moment (``cms.leases``)."""

    name = models.CharField(max_length=100, primary_key=True)
    holder = models.CharField(max_length=120, blank=True)
    until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name}: {self.holder}"


class JobRun(models.Model):
    """What became of a background job the last time it started, succeeded and failed."""

    name = models.CharField(max_length=100, primary_key=True)
    started_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
