"""The month's acts: open, rate, confirm, judge, sign, post. A verb that finds nothing to act on does nothing."""

from __future__ import annotations

from datetime import timedelta

from governance.access import today
from governance.models import Rule
from governance.models.people import Role
from governance.periods import month_of
from governance.recusal import recused_users
from tests.months import photo
from tests.walk.village import Village
from workflows import ballots, observations, publications, reviews, rounds, second_ratings, sheets, signatures
from workflows.models import Observation, Publication, Round, SecondRating, Sheet, SheetLine
from workflows.observations import Fact
from workflows.who import confirmers, voters

State = Observation.State
RATING = [Sheet.State.OPEN, Sheet.State.RETURNED]


def open_month(v: Village):
    """The running month, or one before or after it."""
    this = month_of(today(v.at))
    month = v.dice.choice(
        [this, this, month_of(this - timedelta(days=1)), month_of(this + timedelta(days=40))]
    )
    v.act(rounds.open_month, village=v.village, month=month, by=v.who(v.staff(Role.CLERK)))


def draft(v: Village):
    """A rater writes down a fact, mostly on a line of the own sheet."""
    line = v.pick(SheetLine.objects.filter(sheet__state__in=RATING).select_related("sheet__rater", "subject"))
    if line is None:
        return
    subject = line.subject if v.dice.random() < 0.9 else v.pick(v.homes())
    rule = _rule(v)
    given = {"rule": rule, "fact": _fact(v, line.sheet, rule), "by": v.who([line.sheet.rater])}
    v.act(observations.draft, sheet=line.sheet, subject=subject, **given)


def change(v: Village):
    """A draft is written anew."""
    row = v.pick(Observation.objects.filter(state=State.DRAFTED).select_related("sheet__rater", "round"))
    if row is None:
        return
    rule = _rule(v)
    given = {"rule": rule, "fact": _fact(v, row.sheet, rule), "by": v.who([row.sheet.rater])}
    v.act(observations.change, observation=row, **given)


def drop(v: Village):
    """A draft is taken back."""
    row = v.pick(Observation.objects.filter(state=State.DRAFTED).select_related("sheet__rater"))
    if row:
        v.act(observations.drop, observation=row, by=v.who([row.sheet.rater]))


def nothing(v: Village):
    """Nothing this month, for all that is left to do."""
    sheet = v.pick(Sheet.objects.filter(state__in=RATING).select_related("rater"))
    if sheet:
        v.act(sheets.nothing, sheet=sheet, by=v.who([sheet.rater]))


def undo(v: Village):
    """Nothing this month is taken back for one household."""
    line = v.pick(SheetLine.objects.filter(verdict="nothing").select_related("sheet__rater", "subject"))
    if line:
        v.act(sheets.undo_nothing, sheet=line.sheet, subject=line.subject, by=v.who([line.sheet.rater]))


def file(v: Village):
    """A sheet is handed in."""
    sheet = v.pick(Sheet.objects.filter(state__in=RATING).select_related("rater"))
    if sheet:
        v.act(sheets.file, sheet=sheet, by=v.who([sheet.rater]))


def send_sheet_back(v: Village):
    """A leader returns a sheet."""
    sheet = v.pick(Sheet.objects.filter(state=Sheet.State.FILED))
    if sheet:
        v.act(sheets.send_back, sheet=sheet, why=v.words(), by=v.who(confirmers(sheet, at=v.at)))


def settle(v: Village):
    """A leader confirms, adjusts or rejects an item."""
    row = v.pick(
        Observation.objects.filter(state=State.FILED).select_related("sheet__area", "subject", "rule")
    )
    if row is None:
        return
    given = {"observation": row, "by": v.who(confirmers(row.sheet, at=v.at, item=row))}
    verb = v.dice.choice([observations.confirm] * 3 + [observations.adjust, observations.reject])
    if verb is not observations.confirm:
        given["why"] = v.words()
    if verb is observations.adjust:
        given["fact"] = _fact(v, row.sheet, row.rule)
    settled = v.act(verb, **given)
    if settled:
        _judged(v, given["by"], row)


def look_again(v: Village):
    """A second rater says what they know of a household that was drawn."""
    row = v.pick(SecondRating.objects.select_related("rater", "subject", "round", "village"))
    if row:
        rules = v.dice.choice([[], [], [_rule(v)]])
        knows = v.dice.random() < 0.9
        v.act(second_ratings.answer, rating=row, rules=rules, knows=knows, by=v.who([row.rater]))


def confirm_sheet(v: Village):
    """A leader confirms a whole sheet."""
    sheet = v.pick(Sheet.objects.filter(state=Sheet.State.FILED))
    if sheet:
        v.act(rounds.confirm_sheet, sheet=sheet, by=v.who(confirmers(sheet, at=v.at)))


def vote(v: Village):
    """A vote is cast."""
    row = v.pick(
        Observation.objects.filter(state=State.CONFIRMED).select_related("sheet", "subject", "village")
    )
    if row is None:
        return
    voted = row.ballots.filter(turn=row.turn).values_list("voter", flat=True)
    by = v.who([user for user in voters(row, at=v.at) if user.pk not in voted])
    choice = v.dice.choice(["approve"] * 4 + ["reject", "send_back", "maybe"])
    if v.act(ballots.cast, observation=row, choice=choice, reason=v.words(), by=by):
        _judged(v, by, row)


def approve_together(v: Village):
    """The council approves what is small in one act; sometimes something large is among it."""
    round = v.pick(Round.objects.filter(observations__state=State.CONFIRMED).distinct())
    if round is None:
        return
    waiting = round.observations.filter(state=State.CONFIRMED)
    small = list(waiting.filter(needs_ballot=False)) or list(waiting)
    rows = v.dice.sample(small, v.dice.randint(0, len(small)))
    by = v.who(v.staff(Role.COUNCIL))
    if v.act(reviews.approve_together, round=round, observations=rows, by=by):
        for row in rows:
            _judged(v, by, row)


def contest(v: Village):
    """A council member wants a ballot."""
    row = v.pick(Observation.objects.filter(state=State.CONFIRMED))
    by = v.who(v.staff(Role.COUNCIL))
    if row and v.act(reviews.contest, observation=row, why=v.words(), by=by):
        _judged(v, by, row)


def send(v: Village):
    """The council sends the month to the committee."""
    round = v.pick(Round.objects.filter(state__in=[Round.State.COLLECTING, Round.State.REVIEWING]))
    if round:
        v.act(rounds.send_to_committee, round=round, word="", by=v.who(v.staff(Role.COUNCIL)))


def sign(v: Village):
    """Somebody of the committee signs."""
    round = v.pick(Round.objects.filter(state=Round.State.RESOLVING))
    if round is None:
        return
    by = v.who(v.staff(Role.COMMITTEE))
    if v.act(signatures.sign, round=round, word="同意", by=by):
        last = round.signatures.filter(signer=by).latest("pk")
        for item in last.items.select_related("observation__sheet"):
            _judged(v, by, item.observation)


def send_item_back(v: Village):
    """Somebody of the committee sends one item back to the council."""
    row = v.pick(Observation.objects.filter(state=State.APPROVED, round__state=Round.State.RESOLVING))
    by = v.who(v.staff(Role.COMMITTEE))
    if row and v.act(signatures.send_back, observation=row, why=v.words(), by=by):
        _judged(v, by, row)


def publish(v: Village):
    """The clerk posts the month."""
    round = v.pick(Round.objects.exclude(state__in=[Round.State.COLLECTING, Round.State.CLOSED]))
    if round:
        v.act(publications.publish_round, round=round, by=v.who(v.staff(Role.CLERK)))


def extend(v: Village):
    """The clerk keeps a notice up longer."""
    notice = v.pick(Publication.objects.filter(village=v.village))
    if notice:
        v.act(
        publications.extend, publication=notice, days=v.dice.choice([0, 1, 5]), why=v.words(),
        by=v.who(v.staff(Role.CLERK)),
    )  # fmt: skip


def _judged(v: Village, by, row: Observation) -> None:
    """Nobody judges their own household, their kin's, or what they rated."""
    assert not recused_users([by], row.subject, at=v.at), f"{by} judged their own or kin: {row.pk}"
    assert by.pk != row.sheet.rater_id, f"{by} judged what they rated: {row.pk}"


def _rule(v: Village):
    return v.dice.choice(list(v.world.rules.values()))


def _fact(v: Village, sheet: Sheet, rule: Rule) -> Fact:
    """A fact that mostly fits its rule: a day of the sheet's month, evidence, a value for its shape."""
    day = min(sheet.round.month + timedelta(days=v.dice.randrange(28)), today(v.at))
    labels = {Rule.Shape.LADDER: ("县级",), Rule.Shape.COMPONENTS: ("卫生", "绿化")}.get(rule.shape, ())
    return Fact(
        fact=v.dice.choice(["看见一件事"] * 19 + [" "]),
        occurred_on=day - timedelta(days=v.dice.choice([0] * 19 + [70])),
        quantity_milli=v.dice.choice([3_000, 12_000, 150_000] * 6 + [0, -1]),
        chosen_tenths=v.dice.choice([20, 40] * 9 + [None, 60]),
        labels=v.dice.choice([labels] * 19 + [("没有这一级",)]),
        grounds=v.dice.choice(["量过了"] * 9 + [""]),
        photos=(photo(),) if v.dice.random() < 0.9 else (),
    )


VERBS = {
    open_month: 8, draft: 40, change: 5, drop: 2, nothing: 15, undo: 2, file: 24, send_sheet_back: 2, settle: 30,
    confirm_sheet: 20, look_again: 6, vote: 70, approve_together: 8, contest: 2, send: 12, sign: 14,
    send_item_back: 2, publish: 12, extend: 2,
}  # fmt: skip
