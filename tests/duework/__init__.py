"""What is owed survives lost messages and dead workers, proved by somebody else's harness (due-work-harness).

Each contract binds our own functions and says of each of the harness's profiles: claimed, declined and why, not
applicable, or a known gap. What was found by it: docs/reliability.md.
"""
