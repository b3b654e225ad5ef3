"""The colours of labels."""

from guidelines.content.shape import Taxonomy

COLOURS = 12


def colours_of(taxonomy: Taxonomy) -> dict[str, int]:
    """Give each label its colour, 1 to 12: the one it says, else by its place; 0 where it is retired and says none."""
    placed = {label.code: place % COLOURS + 1 for place, label in enumerate(taxonomy.active)}
    return {label.code: label.colour or placed.get(label.code, 0) for label in taxonomy.labels}
