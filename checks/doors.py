"""The doors contract of import-linter: the inner rooms of an app are entered by itself and by hitl alone."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

INNER = ("urls", "views", "api", "admin", "beat", "jobs", "forms", "serializers", "querysets")


class DoorsContract(Contract):
    """No module outside `app` and `allowed_importers` imports a module of an inner room of `app`."""

    type_name = "doors"

    app = fields.StringField()
    allowed_importers = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Collect every import that comes in by the wrong door."""
        allowed = (str(self.app), *map(str, self.allowed_importers))  # type: ignore[call-overload]
        wrong = [
            (importer, room)
            for room in sorted(graph.modules)
            if room.startswith(f"{self.app}.") and room.split(".")[1] in INNER
            for importer in sorted(graph.find_modules_that_directly_import(room))
            if importer.split(".")[0] not in allowed
        ]
        return ContractCheck(kept=not wrong, metadata={"wrong": wrong})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print them."""
        for importer, room in check.metadata["wrong"]:
            output.print_error(f"{importer} imports {room}; enter {self.app} by its actions, policies, reads or models")
