"""Mutants of the verifier that do no harm, each with the reason: by function and by the check before the change.

A check of these is there for speed or memory, or another one right after it refuses the same with the same code.
"""

UNHARMED: dict[tuple[str, str], str] = {
    ("note_of", "re.search('[\\\\x00-\\\\x09\\\\x0b-\\\\x1f]', whole)"): "the grammar of each line refuses them too",
    ("note_of", "not blank or not text or (not rest.endswith('\\n'))"): "what is left then has no signature line",
    ("cosigned", "len(signature) != 72"): "a signature of another length than 64 is refused as such",
    ("proves_inclusion", "last == 0"): "hashing on gives another root",
    ("json_of", "text.count('[') + text.count('{') > DEEPEST_JSON and depth(text) > DEEPEST_JSON"): "spares the count",
    ("whole", "len(text) > 17 or abs(int(text)) > LARGEST_NUMBER"): "spares reading numbers of a million digits",
    ("take", "len(sizes) > MOST_FILES"): "bounds memory; a test of a million files takes too long",
    ("directory_within_bounds", "at < 0 or len(tail) - at < 22"): "zipfile refuses it too",
    ("directory_within_bounds", "length > 256 * MOST_FILES"): "bounds memory; zipfile refuses this one too",
    ("check_files", "bundle.sizes[path] != size"): "spares reading; the hash tells too",
    ("blocks_of", "rest"): "the count of lines tells too",
    ("blocks_of", "len(rest) > LARGEST_LEAF"): "bounds memory; the line is refused once it is read",
    ("lines", "len(rest) > LARGEST_LINE"): "bounds memory; the line is refused once it is read",
    ("token_time", "proven is None or 'Verification: OK' not in proven"): "openssl was there a moment before",
    (
        "token_time",
        "not match or match[1] not in MONTHS or 'Hash Algorithm: sha256' not in told",
    ): "openssl writes English months",
    (
        "_names",
        "not all((re.fullmatch(SECTION, name) for name in told)) or list(told) != sorted(set(told))",
    ): "good leaves are then looked at one by one",
    ("_see_ids", "one in seen"): "which leaf is told; test_bundle_verifier looks at it",
    ("_see_link", "due and due[1] != sprev"): "tells of the link beside the gap",
    ("_see_link", "not due and bool(sprev) != (count > 1)"): "tells of the link beside the gap",
    ("_see_each_time", "ts < latest and ts < shifted(latest, -self.skew)"): "spares moving the time",
    ("leaf", "name not in pay and (not re.fullmatch(HEX32, name))"): "no erasure event names it either",
    ("finish", "not manifest.a <= index < manifest.b"): "no erasure event that is here names it either",
    ("columns", "hexes.encode().translate(None, HEX.encode())"): "good leaves are then looked at one by one",
}
