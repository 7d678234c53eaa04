"""Reads the project's own source for writes that would pass history by."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db.models import Model
from simple_history.exceptions import NotHistoricalModelError
from simple_history.utils import get_history_manager_for_model

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("config", "notifications", "appeals", "workflows", "governance", "transparency")
BULK = {"update", "bulk_update", "bulk_create"}


def modules() -> list[Path]:
    """Every module of the project's layers, migrations left out."""
    found = (path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


def bulk_writes(source: str) -> Iterator[tuple[int, str, type[Model] | None]]:
    """(line, code, model) of every queryset call in BULK; the model is None where the code does not name it.

    `update` with positional arguments only is a dict's. The model is read off the chain before the call:
    a model's name, a reverse relation's name, or a function of the same module that returns a queryset.
    """
    tree = ast.parse(source)
    local = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and _is_bulk(call):
            yield call.lineno, ast.unparse(call), _model(call.func.value, local)


def _is_bulk(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", "")
    return name in BULK and bool(call.keywords or name != "update")


def is_tracked(model: type[Model]) -> bool:
    """Does django-simple-history keep this model's history."""
    try:
        return bool(get_history_manager_for_model(model))
    except NotHistoricalModelError:
        return False


def _model(chain: ast.expr, local: dict[str, ast.FunctionDef]) -> type[Model] | None:
    known = _names()
    for name in _chain(chain):
        if name in known:
            return known[name]
        if name in local:
            returned = [
                node.value for node in ast.walk(local[name]) if isinstance(node, ast.Return) and node.value
            ]
            return next(filter(None, (_model(value, {}) for value in returned)), None)
    return None


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
    names = {}
    for model in apps.get_models():
        if model.__module__.partition(".")[0] in LAYERS:
            names[model.__name__] = model
            for relation in model._meta.related_objects:
                names.setdefault(relation.get_accessor_name(), relation.related_model)
    return names
