"""docs/states.md: the life of every record and the route of every process, drawn from the code."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from django.apps import apps
from django.db.models import Model
from django.utils.module_loading import autodiscover_modules
from django_fsm import FSMField
from viewflow.workflow.flow import Flow, If

INTRO = """# States and processes

A record's states say what is legal; a process only says who acts next.
A transition's name is the method on the model, an arrow of a process leads to the next task.
"""


def text() -> str:
    """The page as Markdown with mermaid diagrams."""
    autodiscover_modules("flows")
    records = [_record(model, field) for model, field in _state_fields()]
    return "".join([INTRO, "\n## Records\n", *records, "\n## Processes\n", *map(_process, _flows())])


def _state_fields() -> Iterator[tuple[type[Model], FSMField]]:
    for model in sorted(apps.get_models(), key=lambda model: model._meta.label):
        if not hasattr(model, "history_object"):  # a historical copy has no life of its own
            yield from ((model, field) for field in model._meta.fields if isinstance(field, FSMField))


def _record(model: type[Model], field: FSMField) -> str:
    labels = dict(field.choices)
    moves = sorted(field.get_all_transitions(model), key=attrgetter("name", "source"))
    arrows = "".join(f"    {move.source} --> {move.target}: {move.name}\n" for move in moves)
    names = "".join(f"    {state}: {label}\n" for state, label in labels.items())
    ways = "".join(_way(model, name) for name, _ in groupby(moves, key=attrgetter("name")))
    return (
        f"\n### {model._meta.label}\n\n"
        f"```mermaid\nstateDiagram-v2\n{names}    [*] --> {field.default}\n{arrows}```\n\n"
        f"| transition | when |\n|---|---|\n{ways}"
    )


def _way(model: type[Model], name: str) -> str:
    return f"| `{name}` | {' '.join(getattr(model, name).__doc__.split())} |\n"


def _flows() -> list[type[Flow]]:
    ours = {config.name for config in apps.get_app_configs()} - {"viewflow"}
    flows = [flow for flow in _below(Flow) if flow.__module__.partition(".")[0] in ours]
    return sorted((flow for flow in flows if list(flow.instance.nodes())), key=attrgetter("__name__"))


def _below(cls: type) -> Iterator[type]:
    for sub in cls.__subclasses__():
        yield sub
        yield from _below(sub)


def _process(flow: type[Flow]) -> str:
    nodes = list(flow.instance.nodes())
    boxes = "".join(f"    {_id(node)}{_box(node)}\n" for node in nodes)
    arrows = "".join(
        f"    {_id(edge.src)} --> {_id(edge.dst)}\n" for node in nodes for edge in node._outgoing()
    )
    return f"\n### {flow.__name__}\n\n{flow.__doc__}\n\n```mermaid\nflowchart LR\n{boxes}{arrows}```\n"


def _id(node) -> str:
    return f"{node.name}_"  # mermaid takes a bare "end" for its own keyword


def _box(node) -> str:
    """A question is a diamond, everything else a box."""
    return f"{{{node.name}}}" if isinstance(node, If) else f"[{node.task_title}]"
