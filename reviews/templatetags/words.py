"""Words for the codes that pages show."""

from typing import Any

from django import template

from accounts.models import Role
from reviews.reads.changes import change_tone, change_word, part_word
from reviews.reads.media import moment_words
from reviews.reads.words import condition_words, position_word, purpose_word, rule_word, value_words

register = template.Library()
register.filter("rule_word", rule_word)
register.filter("position_word", position_word)
register.filter("purpose_word", purpose_word)
register.filter("value_words", value_words)
register.filter("part_word", part_word)
register.filter("change_word", change_word)
register.filter("change_tone", change_tone)
register.filter("moment_words", moment_words)


@register.filter
def condition(read: dict[str, Any]) -> str:
    """Say a condition of a route."""
    return condition_words(read["field"], read["op"], read["value"])


@register.filter
def at(table: dict[str, str], name: str) -> str:
    """Give what a table has under a name, "" for nothing."""
    return table.get(name, "")


@register.filter
def role_name(role: str) -> str:
    """Name a role."""
    return str(Role(role).label)
