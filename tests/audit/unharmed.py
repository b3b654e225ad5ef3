"""Mutants of the verifier that do no harm: what they change is a shortcut, a wording, or cannot be reached."""

UNHARMED: dict[tuple[str, str, str], str] = {}
