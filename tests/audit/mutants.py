"""Mutants of the verifier: each lacks one check or one part of a check, or has one turned."""

import ast
import copy
import functools
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit.bundle import verify

TREE = ast.parse(Path(verify.__file__).read_text())
NO = {"return False", "return None"}
FINDING = {"add", "_find", "_see_link", "_see_each_time"}


@dataclass
class Mutant:
    """A change of one expression of the verifier, and the function it stands in."""

    function: str
    line: int
    old: ast.expr
    new: ast.expr

    @property
    def before(self) -> str:
        return ast.unparse(self.old)

    @property
    def after(self) -> str:
        return ast.unparse(self.new)

    @property
    def name(self) -> str:
        return f"{self.function}:{self.line}: {self.before} -> {self.after}"

    def module(self) -> types.ModuleType:
        """Load the changed program; tables of curve points are kept from the unchanged one, unless they are changed."""
        module = types.ModuleType("mutant")
        exec(compile(replaced(TREE, self.old, self.new), "verify.py", "exec"), module.__dict__)
        module.CHUNK = CHUNK
        if self.function not in ("add", "multiples"):
            module.multiples = tables
        return module


CHUNK = 3000  # so that even small bundles are read in several blocks
tables = functools.cache(verify.multiples)


def changes(check: ast.If) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Give the changes of a check as (expression, what stands in its place): gone, turned, without one of its parts."""
    yield check.test, ast.Constant(False)
    yield check.test, ast.UnaryOp(ast.Not(), check.test)
    for node in ast.walk(check.test):
        if isinstance(node, ast.BoolOp):
            for left_out in node.values:
                rest = [value for value in node.values if value is not left_out]
                yield node, rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def refuses(node: ast.AST) -> bool:
    """Tell whether a statement is a check: an `if` that raises, finds something, or answers with no."""
    if not isinstance(node, ast.If):
        return False
    for one in node.body:
        said = one.value if isinstance(one, ast.Expr | ast.Return) else None
        if isinstance(one, ast.Raise) or (isinstance(one, ast.Return) and ast.unparse(one) in NO):
            return True
        if isinstance(said, ast.Call) and ast.unparse(said.func).split(".")[-1] in FINDING:
            return True
    return False


def mutants() -> Iterator[Mutant]:
    """Give every mutant of the verifier, but for its outermost function, which other tests hold to its words."""
    functions = [one for one in ast.walk(TREE) if isinstance(one, ast.FunctionDef) and one.name != "main"]
    for function in functions:
        for node in filter(refuses, ast.walk(function)):
            for old, new in changes(node):
                yield Mutant(function.name, node.lineno, old, new)


class Watched:
    """The verifier, watching which of its mutants would have decided something otherwise; nothing is changed."""

    def __init__(self, chosen: list[Mutant]) -> None:
        self.different: set[int] = set()
        pairs: dict[int, list[tuple[int, ast.expr]]] = {}
        for number, mutant in enumerate(chosen):
            pairs.setdefault(id(mutant.old), []).append((number, mutant.new))
        self.module = types.ModuleType("watched")
        self.module.__dict__["watch"] = self.watch
        tree = ast.fix_missing_locations(Watching(pairs).visit(TREE))
        exec(compile(tree, "verify.py", "exec"), self.module.__dict__)
        self.module.CHUNK, self.module.multiples = CHUNK, tables

    def watch(self, old: Callable[[], Any], others: tuple[tuple[int, Callable[[], Any]], ...]) -> Any:
        value = old()
        for number, other in others:
            if number not in self.different:
                try:
                    told = other()
                    differs = bool(told) != bool(value) or (type(told) is type(value) and told != value)
                except Exception:  # noqa: BLE001 - what a mutant cannot even evaluate, it decides otherwise
                    differs = True
                if differs:
                    self.different.add(number)
        return value


class Watching(ast.NodeTransformer):
    """Has each expression that a mutant changes evaluated both ways."""

    def __init__(self, pairs: dict[int, list[tuple[int, ast.expr]]]) -> None:
        self.pairs = pairs

    def visit(self, node: ast.AST) -> ast.AST:
        twin = super().visit(shallow(node))
        if id(node) not in self.pairs:
            return twin
        others = [
            ast.Tuple([ast.Constant(number), late(copy.deepcopy(new))], ast.Load())
            for number, new in self.pairs[id(node)]
        ]
        return ast.Call(ast.Name("watch", ast.Load()), [late(twin), ast.Tuple(others, ast.Load())], [])


def late(expression: ast.AST) -> ast.Lambda:
    return ast.Lambda(ast.arguments([], [], None, [], [], None, []), expression)


def replaced(tree: ast.Module, old: ast.expr, new: ast.expr) -> ast.Module:
    """Copy a program with one expression changed."""

    class Put(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return copy.deepcopy(new) if node is old else super().visit(shallow(node))

    return ast.fix_missing_locations(Put().visit(tree))


def shallow(node: ast.AST) -> ast.AST:
    """Copy a node and its lists, so that a change of the copy leaves the program as it is."""
    twin = copy.copy(node)
    for name, value in ast.iter_fields(node):
        if isinstance(value, list):
            setattr(twin, name, list(value))
    return twin
