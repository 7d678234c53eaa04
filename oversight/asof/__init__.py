"""那一天的样子: scorecard, rulebook, roster and offices as they stood on a day, and what differs between two days.

Roster, rulebooks and offices come from the history tables, scores from the score function asked as of a moment.
Areas and divisions keep no history: they are named as they are called today.
"""
