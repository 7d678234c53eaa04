"""要是用新细则: last quarter's ledger counted under a rulebook that the assembly has not adopted yet.

Nothing is written. Only counts come out, and none that would point at somebody (docs/decisions/0014).
"""
