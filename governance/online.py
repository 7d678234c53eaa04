"""Migration operations that keep nobody from working: what PostgreSQL can do without a lock, and SQLite at once."""

from django.db.migrations import AddIndex


class AddIndexOnline(AddIndex):
    """AddIndex, on PostgreSQL CONCURRENTLY. Its migration says `atomic = False` and does nothing else.

    Stopped halfway, PostgreSQL leaves an invalid index: drop it by name and migrate again (docs/operations.md).
    """

    is_online = True

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        """Build it; on SQLite, which has one writer, like any other."""
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.add_index(model, self.index, **_online(schema_editor))

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        """Take it away again."""
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            index = from_state.models[app_label, self.model_name_lower].get_index_by_name(self.index.name)
            schema_editor.remove_index(model, index, **_online(schema_editor))


def _online(schema_editor) -> dict[str, bool]:
    return {"concurrently": True} if schema_editor.connection.vendor == "postgresql" else {}
