"""Names of events that nobody is told of, each group with its reason."""

SILENT: dict[str, tuple[str, ...]] = {
    "done in person at the desk, with the one it concerns beside": (
        "account.created", "slip.made", "scoring.declined", "honour.declined", "slip.handed_over", "slip.taken_back",
    ),
    "one's own desk: nobody else has to act or is touched": (
        "area.added", "area.renamed", "roster.imported", "roster.exported", "rulebook.drafted", "rulebook.imported",
        "rulebook.copied", "rulebook.checked", "rulebook.reopened", "rule.added", "rule.edited", "rule.answered",
        "rule.removed", "rule.reordered", "objection.claimed",
    ),
    "nobody of the household can read it: it does not take part yet, or nobody follows": (
        "subject.opened", "subject.closed",
    ),
    "said by the event beside it": (
        "rulebook.superseded", "rule.void", "round.signed", "sheet.opened", "observation.came_late",
        "observation.filed", "observation.reopened", "observation.withdrawn", "observation.published",
        "settlement.confirmed", "scorecard.computed", "scorecard.confirmed", "scorecard.published",
        "scorecard.corrected", "scorecard.replaced", "scorecard.dropped", "amendment.replaced", "objection.answered",
        "objection.reviewing", "objection.recounted", "inquiry.dropped", "repair.published", "hold.placed", "hold.lifted",
    ),
    "a step among many, on the list of whoever acts next": (
        "sheet.confirmed", "observation.drafted", "observation.changed", "observation.confirmed",
        "observation.contested", "observation.approved", "observations.approved_together", "ballot.cast",
        "repair.voted",
    ),
    "nothing is left to do, and nothing of anybody's changes": (
        "round.closed", "observation.final", "publication.hung_up", "publication.printed", "settlement.finished",
        "amendment.dropped", "second.answered", "second.unsure", "second.late",
    ),
    "a message would point at the household that objected": ("shield.raised",),
    "the account is closed, and nobody is left whom a message could name": (
        "account.erased", "erasure.done", "subject.erased", "member.erased", "body.erased",
    ),
    "what operators do by hand stands on their own page": (
        "step.retried", "step.retry_failed", "deadline.fired_by_hand", "deadline.fire_failed",
        "sheet.passed_on_by_hand", "sheet.pass_on_failed", "delivery.retried", "delivery.retry_failed",
        "relay.retried", "relay.retry_failed",
    ),
}  # fmt: skip
