"""Taxonomies and guidelines as documents: their shape, what is wrong in them, how labels carry over. No database."""

from guidelines.content.archive import LABELS, Archive, documents, file_name, read
from guidelines.content.cards import (
    PARTS,
    Card,
    card_body,
    card_differences,
    card_faults,
    card_of,
    shaped_card,
)
from guidelines.content.checks import Fault, faults
from guidelines.content.colours import colours_of
from guidelines.content.hinting import hints
from guidelines.content.mapping import Carried, carried, needs_mapping
from guidelines.content.packing import write_folder, write_zip
from guidelines.content.shape import (
    Acknowledge,
    Attribute,
    Category,
    Example,
    Guideline,
    Label,
    Mapping,
    Moved,
    Region,
    Section,
    Taxonomy,
    guideline_body,
    guideline_of,
    shaped_guideline,
    shaped_taxonomy,
    taxonomy_body,
    taxonomy_doc,
)
from guidelines.content.unpacking import MOST_BYTES, unpacked

__all__ = [
    "LABELS",
    "MOST_BYTES",
    "PARTS",
    "Acknowledge",
    "Archive",
    "Attribute",
    "Card",
    "Carried",
    "Category",
    "Example",
    "Fault",
    "Guideline",
    "Label",
    "Mapping",
    "Moved",
    "Region",
    "Section",
    "Taxonomy",
    "card_body",
    "card_differences",
    "card_faults",
    "card_of",
    "carried",
    "colours_of",
    "documents",
    "faults",
    "file_name",
    "guideline_body",
    "guideline_of",
    "hints",
    "needs_mapping",
    "read",
    "shaped_card",
    "shaped_guideline",
    "shaped_taxonomy",
    "taxonomy_body",
    "taxonomy_doc",
    "unpacked",
    "write_folder",
    "write_zip",
]
