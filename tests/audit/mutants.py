"""Mutants of the verifier: each lacks one check, or has one turned, loosened or shifted by one."""

import ast
import copy
import functools
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from audit.bundle import verify

TREE = ast.parse(Path(verify.__file__).read_text())
SHIFTED = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}


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
        if self.function not in ("add", "multiples"):
            module.multiples = tables
        return module


tables = functools.cache(verify.multiples)


def changes(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Give the changes of a node as (expression, what stands in its place)."""
    if isinstance(node, ast.If | ast.IfExp):
        yield node.test, ast.Constant(False)
        yield node.test, ast.UnaryOp(ast.Not(), node.test)
    elif isinstance(node, ast.BoolOp):
        for left_out in node.values:
            rest = [value for value in node.values if value is not left_out]
            yield node, rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
    elif isinstance(node, ast.Compare):
        for place, one in enumerate(node.ops):
            if type(one) in SHIFTED:
                shifted = [SHIFTED[type(one)]() if i == place else op for i, op in enumerate(node.ops)]
                yield node, ast.Compare(node.left, shifted, node.comparators)


def mutants() -> Iterator[Mutant]:
    """Give every mutant of the verifier."""
    for function in [one for one in ast.walk(TREE) if isinstance(one, ast.FunctionDef)]:
        for node in ast.walk(function):
            for old, new in changes(node):
                yield Mutant(function.name, node.lineno, old, new)


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
