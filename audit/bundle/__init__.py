"""The export bundle as files: how it is written, and what lies in it for people. It knows no database."""

from audit.bundle.forms import base64s, cell, cosigned_at, document, json_line, manifest_text, record_proof, row
from audit.bundle.growing import Bundle, Chunks, whole
from audit.bundle.journal import Busy

__all__ = [
    "Bundle",
    "Busy",
    "Chunks",
    "base64s",
    "cell",
    "cosigned_at",
    "document",
    "json_line",
    "manifest_text",
    "record_proof",
    "row",
    "whole",
]
