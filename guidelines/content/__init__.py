"""Taxonomies and guidelines as documents: their shape, what is wrong in them, how labels carry over. No database."""

from guidelines.content.checks import Fault, faults
from guidelines.content.colours import colours_of
from guidelines.content.mapping import Carried, carried, needs_mapping
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

__all__ = [
    "Acknowledge",
    "Attribute",
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
    "carried",
    "colours_of",
    "faults",
    "guideline_body",
    "guideline_of",
    "needs_mapping",
    "shaped_guideline",
    "shaped_taxonomy",
    "taxonomy_body",
    "taxonomy_doc",
]
