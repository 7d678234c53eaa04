"""Processes: each is at one step, and somebody may take it, or a deadline will."""

from __future__ import annotations

from datetime import timedelta

from viewflow.workflow.models import Task

from appeals.flow import ObjectionFlow
from appeals.models import Objection, Repair
from appeals.repair_flow import RepairFlow
from governance.access import staff
from governance.models import Deadline
from governance.models.people import Role
from governance.recusal import pairs
from governance.refusals import Refused
from tests.walk.village import Village
from workflows import settlements, signatures
from workflows.flows import RoundFlow, SettlementFlow, SheetFlow
from workflows.models import Observation, Round, Settlement, Sheet
from workflows.steps import OPEN
from workflows.who import confirmers, voters

State = Observation.State
STEPS = {
    Round: (RoundFlow, {
        "collecting": "collect", "reviewing": "review", "resolving": "sign", "resolved": "publish",
        "published": "window",
    }),
    Sheet: (SheetFlow, {"open": "rate", "returned": "rate", "filed": "confirm"}),
    Objection: (ObjectionFlow, {
        "filed": "accept", "accepted": "decide", "answered": "window", "reviewing": "review",
    }),
    Repair: (RepairFlow, {"promised": "promise", "shown": "verify", "verified": "approve", "approved": "wait"}),
    Settlement: (SettlementFlow, {"confirming": "confirm", "confirmed": "publish", "published": "window"}),
}  # fmt: skip


class TasksHold:
    """Nothing lies where nobody can take it up."""

    def __init__(self, v: Village):
        self.v = v

    def check(self) -> None:
        """Raises AssertionError naming what is stuck."""
        self._each_process_is_at_its_step()
        assert self.v.staff(Role.CLERK), "the village has no clerk"
        for round in Round.objects.filter(village=self.v.village).exclude(state=Round.State.CLOSED):
            self._round_moves(round)
        for settlement in Settlement.objects.filter(state="confirming"):
            assert self._may_sign(settlements.check_signer, settlement, settlements.standing(settlement)), (
                f"{settlement.quarter}: nobody may sign"
            )
        for settlement in Settlement.objects.filter(state="published"):
            assert self._waits("settlement.window", settlement)

    def _each_process_is_at_its_step(self) -> None:
        at_step: dict[int, list[str]] = {}
        for pk, node in Task.objects.filter(status__in=OPEN).values_list("process_id", "flow_task"):
            at_step.setdefault(pk, []).append(node.name)
        for model, (_, steps) in STEPS.items():
            for pk, state in model.objects.values_list("process__pk", "state"):
                expected = [steps[state]] if state in steps else []
                assert at_step.get(pk, []) == expected, (
                    f"{model.__name__} process {pk} ({state}): {at_step.get(pk)}"
                )

    def _round_moves(self, round: Round) -> None:
        match round.state:
            case Round.State.COLLECTING:
                waiting = round.sheets.exclude(state__in=[Sheet.State.CONFIRMED, Sheet.State.MISSING])
                assert waiting.exists() or self._waits("round.sheets", round), (
                    f"{round.month}: nothing to collect"
                )
                for sheet in waiting.select_related("rater", "area"):
                    self._sheet_moves(sheet)
            case Round.State.REVIEWING:
                self._items_move(round)
            case Round.State.RESOLVING:
                moving = self._items_move(round)
                assert moving or self._may_sign(signatures.check_sign, round, []), (
                    f"{round.month}: nobody may sign"
                )
            case Round.State.PUBLISHED:
                assert self._waits("round.window", round), f"{round.month}: its window never ends"

    def _sheet_moves(self, sheet: Sheet) -> None:
        if sheet.state == Sheet.State.FILED:
            assert confirmers(sheet, at=self.v.at), f"sheet {sheet.pk}: nobody may confirm it"
            for item in sheet.observations.filter(state=State.FILED).select_related("subject"):
                assert confirmers(sheet, at=self.v.at, item=item), f"item {item.pk}: nobody may settle it"
        else:
            owner = Task.objects.get(process_id=sheet.process.pk, status__in=OPEN).owner_id
            assert owner == sheet.rater_id
            assert self._is_rater(sheet) or self._waits("round.sheets", sheet.round), (
                f"sheet {sheet.pk} has no rater"
            )

    def _is_rater(self, sheet: Sheet) -> bool:
        """A successor of somebody who ended on their first day begins tomorrow."""
        return any(
            sheet.rater in staff(role, self.v.village, at=self.v.at + timedelta(days=days))
            for role in (Role.RATER, Role.PANEL)
            for days in (0, 1)
        )

    def _items_move(self, round: Round) -> bool:
        """Is something of the round with leader or council; each such item has somebody or a deadline."""
        items = list(
            round.observations.filter(state__in=signatures.PENDING).select_related("sheet", "subject")
        )
        late = self._waits("round.ballots", round)
        for item in items:
            if item.state == State.FILED:
                assert confirmers(item.sheet, at=self.v.at, item=item), f"item {item.pk}: nobody settles"
            else:
                assert late or self._judges(item), f"item {item.pk}: nobody judges it"
        return bool(items)

    def _judges(self, item: Observation) -> list:
        if item.needs_ballot:
            voted = set(item.ballots.filter(turn=item.turn).values_list("voter", flat=True))
            return [user for user in voters(item, at=self.v.at) if user.pk not in voted]
        council = self.v.staff(Role.COUNCIL)
        out = pairs(council, [item.subject_id], at=self.v.at)
        touched = (item.sheet.rater_id, item.confirmed_by_id)
        return [u for u in council if (u.pk, item.subject_id) not in out and u.pk not in touched]

    def _may_sign(self, check, thing, signed) -> bool:
        already = {signature.signer_id for signature in signed}
        for user in {*self.v.staff(Role.COMMITTEE), *self.v.staff(Role.PANEL)}:
            try:
                check(thing, by=user, at=self.v.at)
            except Refused:
                continue
            if user.pk not in already:
                return True
        return False

    @staticmethod
    def _waits(kind: str, about) -> bool:
        return Deadline.objects.filter(
            kind=kind, about_type=about._meta.label_lower, about_id=about.pk, fired_at=None, cancelled_at=None
        ).exists()
