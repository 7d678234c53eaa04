"""History: the newest history row of every tracked row is the row."""

from __future__ import annotations

from collections import deque

from django.apps import apps

from governance.fields import EncryptedTextField

MODELS_A_STEP = 3  # they take turns: reading all of them is most of a step's time


class HistoryHolds:
    """Remembers the newest history row of each row, and reads only those that came since."""

    def __init__(self):
        self.models = deque(model for model in apps.get_models() if _is_tracked(model))
        self.last = dict.fromkeys(self.models, 0)
        self.newest: dict[tuple[type, int], tuple] = {}

    def check(self) -> None:
        """Raises AssertionError naming a row that was changed without its history."""
        self.models.rotate(1)
        for model in list(self.models)[:MODELS_A_STEP]:
            names = [
                field.attname
                for field in model.history.model._meta.concrete_fields
                if _compares(model, field)
            ]
            self._read_new(model, names)
            for pk, *values in model._base_manager.values_list("pk", *names):
                assert self.newest.get((model, pk)) == tuple(values), f"{model.__name__} {pk} without history"

    def _read_new(self, model, names) -> None:
        rows = model.history.filter(history_id__gt=self.last[model]).order_by("history_id")
        for history_id, pk, *values in rows.values_list("history_id", model._meta.pk.attname, *names):
            self.last[model] = history_id
            self.newest[model, pk] = tuple(values)


def _is_tracked(model) -> bool:
    return hasattr(model, "history") and model._meta.app_label in (
        "governance",
        "workflows",
        "appeals",
        "oversight",
    )


def _compares(model, field) -> bool:
    """Shared columns; encrypted ones show in their blind index."""
    return not field.name.startswith("history_") and not isinstance(field, EncryptedTextField)
