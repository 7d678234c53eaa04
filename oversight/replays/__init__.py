"""重算: a posted quarter computed once more from ledger and rulebooks, before the reader's eyes."""
