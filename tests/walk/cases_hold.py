"""Objections: what is open is held, has exactly one party to act and a day; what is over has left nothing behind."""

from __future__ import annotations

from appeals.models import Objection
from appeals.who import IN_OFFICE, OFFICE, eligible_in, not_allowed
from governance.models import Deadline, Entry, Hold
from governance.models.people import Role
from tests.walk.village import Village

State = Objection.State
KINDS = {
    State.FILED: "objection.accept", State.ACCEPTED: "objection.decide", State.ANSWERED: "objection.window",
    State.REVIEWING: "objection.review",
}  # fmt: skip


class CasesHold:
    """Everything that must be true of every case at any moment."""

    def __init__(self, v: Village):
        self.v = v

    def check(self) -> None:
        """Raises AssertionError naming the case."""
        cases = list(Objection.objects.select_related("village", "entry__rule", "scorecard", "for_member"))
        self._holds(cases)
        self._somebody_acts([case for case in cases if case.state in Objection.OPEN])
        for case in cases:
            if case.state == State.CLOSED:
                self._took_effect(case)

    @staticmethod
    def _holds(cases) -> None:
        held = set(Hold.objects.filter(lifted_at=None).values_list("cause", "entry"))
        lines = {
            (f"objection:{c.key}", c.entry_id) for c in cases if c.entry_id and c.state in Objection.OPEN
        }
        assert held == lines, "holds and open cases differ"

    def _somebody_acts(self, cases) -> None:
        may = eligible_in([case for case in cases if case.state in IN_OFFICE], at=self.v.at)
        running = set(
            Deadline.objects.filter(
                about_type="appeals.objection", fired_at=None, cancelled_at=None, kind__in=[*KINDS.values(), "objection.resume"]
            ).values_list("about_id", "kind")
        )  # fmt: skip
        for case in cases:
            kind = "objection.resume" if case.suspended_at else KINDS[case.state]
            assert (case.pk, kind) in running, f"{case.number} ({case.state}) has no day"
            assert [k for pk, k in running if pk == case.pk] == [kind], f"{case.number} has two clocks"
            if case.state in IN_OFFICE:
                assert may[case.pk] or case.entry_id or self._is_recused(case), (
                    f"{case.number}: nobody to act"
                )

    def _is_recused(self, case: Objection) -> bool:
        """Everybody of the township and the county is kin, or was asked before: the supervisor sees it and sends more."""
        office = {user for role in OFFICE for user in self.v.staff(role)}
        return all(not_allowed(case, user, at=self.v.at) for user in office) and bool(
            self.v.staff(Role.SUPERVISOR)
        )

    @staticmethod
    def _took_effect(case: Objection) -> None:
        decision = case.decisions.last()
        assert decision is not None, f"{case.number} closed without a decision"
        lines = Entry.objects.filter(source=f"objection:{case.key}")
        if decision.outcome in ("rejected", "refused"):
            assert not lines.exists(), f"{case.number} was {decision.outcome} and changed the ledger"
        elif case.entry_id:
            assert Entry.objects.filter(reverses=case.entry).exists(), f"{case.number} changed nothing"
