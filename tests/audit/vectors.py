"""Public test vectors: RFC 8032 section 7.1, and the Merkle proofs of the transparency-dev project.

The tree, its roots and the proofs below are data of github.com/transparency-dev/merkle (Apache License 2.0),
proof/verify_test.go at commit 02194e9afb6c1d95b5381350007963aa70fff472, whose testdata folder holds the same probes as
files: each proof as it is, and spoilt in every way that `spoilt_inclusions` and `spoilt_consistencies` list.
"""

from collections.abc import Iterator
from typing import Any

from tests.audit import making

Hashes = list[bytes]
LEAVES = [bytes.fromhex(one) for one in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [bytes.fromhex(one) for one in (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)]  # fmt: skip
INCLUSIONS: list[tuple[int, int, Hashes]] = [(one[0], one[1], [bytes.fromhex(part) for part in one[2]]) for one in (
    (0, 1, ()),
    (0, 8, ("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")),
    (5, 8, ("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")),
    (2, 3, ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",)),
    (1, 5, ("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b")),
)]  # fmt: skip
CONSISTENCIES: list[tuple[int, int, Hashes]] = [(one[0], one[1], [bytes.fromhex(part) for part in one[2]]) for one in (
    (1, 1, ()),
    (1, 8, ("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")),
    (6, 8, ("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")),
    (2, 5, ("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b")),
    (6, 7, ("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")),
)]  # fmt: skip
SOME_HASH = bytes.fromhex("abacaba000000000000000000000000000000000000000000060061e00123456")
EMPTY = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
Inclusion = tuple[int, int, bytes, bytes, Hashes]  # index, size, leaf hash, root, proof
Consistency = tuple[int, int, bytes, bytes, Hashes]  # both sizes, both roots, proof
SIGNATURES = [  # secret key, public key, message, signature: RFC 8032 section 7.1, tests 1 to 3
    ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
]  # fmt: skip


SMALL = [  # encodings of the points of order 1, 2, 4 and 8
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]
P = 2**255 - 19
IMPROPER = [  # bytes that are no proper key
    *((P + k).to_bytes(32, "little") for k in range(19)),  # points, not canonically
    (1 | 1 << 255).to_bytes(32, "little"),  # x is 0, and its sign is set
    (2).to_bytes(32, "little"),  # no point of the curve
    b"",
    bytes(31),
    bytes(33),
]


def spoilt_inclusions(index: int, size: int, leaf: bytes, root: bytes, proof: Hashes) -> Iterator[Inclusion]:
    yield from ((other, size, leaf, root, proof) for other in (index - 1, index + 1, index ^ 2))
    yield from ((index, other, leaf, root, proof) for other in (size * 2, size // 2))
    yield index, size, b"WrongLeaf", root, proof
    yield from ((index, size, leaf, other, proof) for other in (EMPTY, SOME_HASH))
    for junk in (b"", root):
        yield index, size, leaf, root, [*proof, junk]
        yield index, size, leaf, root, [junk, *proof]
    for place in range(len(proof)):
        yield index, size, leaf, root, flipped(proof, place, 8)
    if proof:
        yield index, size, leaf, root, proof[:-1]
    if len(proof) > 1:
        yield index, size, leaf, root, [proof[0], SOME_HASH, *proof[1:]]


def spoilt_consistencies(old: int, new: int, first: bytes, second: bytes, proof: Hashes) -> Iterator[Consistency]:
    yield from ((other, new, first, second, proof) for other in (old - 1, old + 1, old ^ 2))
    yield from ((old, other, first, second, proof) for other in (new * 2, new // 2))
    yield old, new, b"WrongRoot", second, proof
    yield old, new, first, b"WrongRoot", proof
    yield old, new, second, first, proof
    yield old, new, first, second, []
    for junk in (b"", first, second):
        yield old, new, first, second, [*proof, junk]
        yield old, new, first, second, [junk, *proof]
    yield old, new, first, second, [proof[0], *proof]
    yield old, new, first, second, proof[:-1]
    for place in range(len(proof)):
        yield old, new, first, second, flipped(proof, place, 16)


def flipped(proof: Hashes, place: int, bit: int) -> Hashes:
    return [bytes([one[0] ^ bit]) + one[1:] if i == place else one for i, one in enumerate(proof)]


def probes(verifier: Any) -> Iterator[tuple[str, tuple[Any, ...], bool]]:
    """Give every probe as (function, arguments, whether it is to hold)."""
    for index, size, proof in INCLUSIONS:
        leaf = verifier.sha256(b"\x00" + LEAVES[index]).digest()
        yield "proves_inclusion", (index, size, leaf, ROOTS[size - 1], proof), True
        for spoilt in spoilt_inclusions(index, size, leaf, ROOTS[size - 1], proof):
            yield "proves_inclusion", spoilt, False
    for index, size in ((0, 0), (0, 1), (1, 0), (2, 1)):
        for leaf, root in ((SOME_HASH, b""), (b"", EMPTY), (SOME_HASH, EMPTY)):
            yield "proves_inclusion", (index, size, leaf, root, []), False
    hashed = verifier.sha256(b"\x00data").digest()
    for leaf, root in ((hashed, hashed), (hashed, b""), (b"", hashed), (b"", b"")):
        yield "proves_inclusion", (0, 1, leaf, root, []), leaf == root == hashed
    for old, new, proof in CONSISTENCIES:
        roots = ROOTS[old - 1], ROOTS[new - 1]
        yield "proves_consistency", (old, new, *roots, proof), True
        for bad in spoilt_consistencies(old, new, *roots, proof) if proof else ():
            yield "proves_consistency", bad, False
    yield from small_consistencies()


def small_consistencies() -> Iterator[tuple[str, tuple[Any, ...], bool]]:
    """Give the probes of sizes 0 to 2; their roots "don't care" are hashes here, since this verifier wants 32 bytes."""
    one, other = SOME_HASH, SOME_HASH[::-1]
    for old, new, first, second, holds in (
        (0, 0, one, other, False), (1, 1, one, other, False), (0, 0, EMPTY, EMPTY, True), (0, 1, EMPTY, other, True),
        (1, 1, other, other, True), (1, 0, one, other, False), (2, 1, one, other, False), (1, 2, one, other, False),
        (0, 0, EMPTY, other, False), (1, 1, EMPTY, other, False),
        (0, 1, one, other, False), (0, 0, one, one, False), (1, 1, b"short", b"short", False), (-1, 1, one, one, False),
    ):  # fmt: skip
        yield "proves_consistency", (old, new, first, second, []), holds
    for old, new in ((0, 0), (0, 1), (1, 1)):
        yield "proves_consistency", (old, new, EMPTY, EMPTY, [EMPTY]), False


def edges_hold(verifier: Any) -> bool:
    """Tell whether numbers and moments are taken up to their ends, and every small tree has just its own proofs."""
    ends = [verifier.number("9007199254740991"), verifier.whole("-9007199254740991")]
    ends += [verifier.shifted(f"{year}-01-01T00:00:00.000000Z", way) for year, way in (("9999", 1 << 30), ("0001", -9))]
    ends += [verifier.depth("[" * 64 + '"[["' + "]" * 64), len(verifier.json_of("[" * 64 + "]" * 64))]
    wide = "[" * 64 + "]" * 63 + ",[]" + "]", "[" + ",".join(["[]"] * 100) + "]"  # 64 levels; and many, but not deep
    if [len(verifier.json_of(one)) for one in wide] != [2, 100]:
        return False
    if ends != [2**53 - 1, 1 - 2**53, "9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00.000000Z", 64, 1]:
        return False
    hashes = [verifier.sha256(bytes([number])).digest() for number in range(9)]
    for n in range(1, 10):
        root = making.tree_hash(hashes[:n])
        for index in range(n):
            proof = making.inclusion(index, hashes[:n])
            taken = [one for one in range(n + 1) if verifier.proves_inclusion(one, n, hashes[index], root, proof)]
            proof, old = making.consistency(index + 1, hashes[:n]), making.tree_hash(hashes[: index + 1])
            grown = [one for one in range(n + 2) if verifier.proves_consistency(one, n, old, root, proof)]
            if (taken, grown) != ([index], [index + 1]):
                return False
    kept: list[Any] = []  # a size of proofs that end too early or go on too long, and a tree that was never there
    kept += [verifier.proves_consistency(*told) for told in ((3, 2, EMPTY, EMPTY, []), (-1, 0, EMPTY, EMPTY, []))]
    return not any(kept)


def vectors_hold(verifier: Any) -> bool:
    """Tell whether a verifier, or a mutant of it, gives every vector its due."""
    given = all(getattr(verifier, name)(*told) is holds for name, told, holds in probes(verifier))
    return given and edges_hold(verifier) and keys_hold(verifier) and signatures_hold(verifier)


def keys_hold(verifier: Any) -> bool:
    """Tell whether proper points are read as they are written, and keys that are none are refused."""
    refused = [(verifier.PublicKey, one) for one in [*IMPROPER, *map(bytes.fromhex, SMALL)]]
    refused += [(verifier.point_of, one) for one in IMPROPER if len(one) == 32]
    for reads, encoded in refused:
        try:
            reads(encoded)
        except verifier.Malformed:
            continue
        return False
    return all(verifier.encoding_of(verifier.point_of(one)) == one for one in map(bytes.fromhex, SMALL))


def signatures_hold(verifier: Any) -> bool:
    """Tell whether the standard's signatures are taken, and none of another length or with a larger S."""
    signed = [making.private(name) for name in "abcd"]  # of both signs
    if not all(verifier.PublicKey(making.public(one)).signed(one.sign(b"x"), b"x") for one in signed):
        return False
    for _, key, message, signature in SIGNATURES:
        told, raw = verifier.PublicKey(bytes.fromhex(key)), bytes.fromhex(signature)
        larger = raw[:32] + (int.from_bytes(raw[32:], "little") + verifier.L).to_bytes(32, "little")
        taken = [told.signed(one, bytes.fromhex(message)) for one in (raw, larger, raw[:-1], raw + b"\0", raw[::-1])]
        if taken != [True, False, False, False, False]:
            return False
    return True
