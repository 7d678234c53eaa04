"""Which words of an event a household may read; what the event is called says governance.event_names."""

from __future__ import annotations

from appeals import timeline

# Words that are addressed to the household or are its own; what officials write for each other is not among them.
WITH_REASON = {
    *timeline.WITH_REASON, "observation.adjusted", "observation.rejected", "observation.sent_back",
    "subject.corrected", "subject.split", "subject.merged", "subject.moved", "subject.closed", "head.died",
    "head.changed", "member.left", "member.unbound", "kinship.ended", "link.ended", "consent.withdrawn",
    "repair.applied", "repair.shown", "repair.sent_back", "repair.refused", "repair.revoked", "file.exported",
    "rectification.filed", "rectification.done", "rectification.refused",
}  # fmt: skip
# What somebody did about their own data, whatever it is recorded under.
OF_ONESELF = ("file.exported", "rectification.filed", "erasure.asked", "erasure.undone")
# Ballots are secret, also that one was cast.
NEVER = ("ballot.cast",)
