"""The export bundle as files: how it is written, and what lies in it for people. It knows no database."""

from audit.bundle.forms import cell, cosigned_at, document, json_line, manifest_text, record_proof
from audit.bundle.growing import Bundle, Chunks, whole
from audit.bundle.journal import Busy

__all__ = ["Bundle", "Busy", "Chunks", "cell", "cosigned_at", "document", "json_line", "manifest_text", "record_proof", "whole"]
