"""A household's whole file: gathered once, written as PDF, JSON or ZIP (PIPL 45)."""
