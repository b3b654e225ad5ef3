"""hitl: human oversight of machine learning as an operating model."""

from hitl.celery import celery

__all__ = ["celery"]
