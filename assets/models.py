"""Files people look at, projects' rights to them, and what is made of them."""

from django.db import models

from accounts.models import Project


class Asset(models.Model):
    """Original bytes, stored once by their SHA-256 (in hex): images have a size, sounds a length, videos both."""

    sha256 = models.CharField(max_length=64, unique=True)
    media_type = models.CharField(max_length=100)
    bytes = models.BigIntegerField()
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    duration_ms = models.BigIntegerField(null=True)
    stored_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"sha256:{self.sha256}"

    @property
    def sounds(self) -> bool:
        """Tell whether it is a sound."""
        return self.media_type.startswith("audio/")

    @property
    def moves(self) -> bool:
        """Tell whether it is a video; what is neither that nor a sound is an image."""
        return self.media_type.startswith("video/")


class Grant(models.Model):
    """A project's right to an asset."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, db_index=False)
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT)
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "asset"], name="assets_grant_once")]

    def __str__(self) -> str:
        return f"{self.asset} to {self.project_id}"


class Rendition(models.Model):
    """A file made from an asset by one version of a recipe."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="renditions", db_index=False)
    recipe = models.CharField(max_length=32)
    version = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=100)
    bytes = models.BigIntegerField()
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["asset", "recipe", "version"], name="assets_rendition_once"),
        ]

    def __str__(self) -> str:
        return f"{self.recipe} v{self.version} of {self.asset_id}"
