"""Reads the project's own source for writes that would pass history by."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db.models import Model
from simple_history.exceptions import NotHistoricalModelError
from simple_history.utils import get_history_manager_for_model
from viewflow.workflow.models import Task

ROOT = Path(__file__).resolve().parent.parent
LAYERS = (
    "config", "notifications", "oversight", "rights", "appeals", "workflows", "governance", "transparency",
)  # fmt: skip
BULK = {"update", "bulk_update", "bulk_create"}
FORM_DICTS = {"attrs", "error_messages"}  # updated by keywords, like a queryset


def modules() -> list[Path]:
    """Every module of the project's layers, migrations left out."""
    found = (path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


def bulk_writes(source: str) -> Iterator[tuple[int, str, set[type[Model]]]]:
    """(line, code, models) of every queryset call in BULK; no model where the code does not tell.

    `update` with positional arguments only is a dict's. The model is read off the chain before the call: a
    model's name, the name of a relation that leads to it, or a name of the module that stands for such a
    chain. A name that stands for several chains gives all their models.
    """
    tree = ast.parse(source)
    meanings = _meanings(tree)
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and _is_bulk(call):
            yield call.lineno, ast.unparse(call), _models(call.func.value, meanings)


def _is_bulk(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in BULK:
        return False
    of_a_form = getattr(call.func.value, "attr", "") in FORM_DICTS
    return not of_a_form and bool(call.keywords or call.func.attr != "update")


def is_tracked(model: type[Model]) -> bool:
    """Does django-simple-history keep this model's history."""
    try:
        return bool(get_history_manager_for_model(model))
    except NotHistoricalModelError:
        return False


def _meanings(tree: ast.Module) -> dict[str, list[ast.expr]]:
    """What each name of a module stands for: values assigned to it, or returned by the function."""
    meanings = defaultdict(list)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            meanings[node.targets[0].id].append(node.value)
        elif isinstance(node, ast.FunctionDef):
            returns = [inner for inner in ast.walk(node) if isinstance(inner, ast.Return) and inner.value]
            meanings[node.name] += [inner.value for inner in returns]
    return meanings


def _models(chain: ast.expr, meanings: dict[str, list[ast.expr]]) -> set[type[Model]]:
    known = _names()
    for name in _chain(chain):
        if name in meanings:
            return set().union(*(_models(value, {}) for value in meanings[name]))
        if name in known:
            return {known[name]}
    return set()


def _chain(node: ast.expr) -> Iterator[str]:
    """Names from the call back to where it starts: `Round.objects.filter(…)` gives filter, objects, Round."""
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            yield node.attr
        node = getattr(node, "value", None) or getattr(node, "func", None)
        if node is None:
            return
    yield node.id


def _names() -> dict[str, type[Model]]:
    """Models by class name and by the names that lead back to them."""
    names = {"task_class": Task}
    for model in apps.get_models():
        if model.__module__.partition(".")[0] in LAYERS:
            names[model.__name__] = model
            for relation in model._meta.related_objects:
                names.setdefault(relation.get_accessor_name(), relation.related_model)
    return names
