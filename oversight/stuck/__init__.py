"""卡住的事: what the machinery should have done and has not, for its operators: no household, no facts, no words.

`SOURCES` holds one source for each kind of trouble; a layer above registers its own (`registry.register`).
"""
