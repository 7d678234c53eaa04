"""What keeps an installation alive: backup, restore, its drill, and the rules for migrations.

Above every app that has tables, because it must know them all; only config is above it.
"""
