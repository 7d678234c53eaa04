"""Who hears of an event. Whoever acted is taken out later; whoever may not open the page is never in."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.urls import reverse

from appeals.corrections import signers as correction_signers
from appeals.models import Inquiry, Repair
from appeals.who import IN_OFFICE
from governance.models import Consent, Event, Scorecard
from governance.models.people import Role
from governance.refusals import why_not
from notifications.kinds.base import NOBODY, Audience, Who, told
from notifications.kinds.homes import Home
from notifications.kinds.scene import Scene
from oversight.watch.findings import SPEAKS_FOR
from workflows import settlements, signatures
from workflows.amendment_signing import POSTED
from workflows.models import Observation, SecondRating, Sheet, SheetLine

ItemState = Observation.State
POSTED_ITEMS = (ItemState.PUBLISHED, ItemState.FINAL)


def _to(users: Iterable, path: str | None = None) -> Audience:
    return Audience({getattr(user, "pk", user): path for user in users if user})


def _homes(homes: Iterable[Home]) -> Audience:
    """All who read there; a household that takes part and where nobody does, on paper."""
    homes = list(homes)
    on_paper = tuple(home.key for home in homes if home.takes_part and not home.readers)
    of = {pk: home.key for home in homes for pk in home.readers}
    return Audience(dict.fromkeys(of), on_paper, of)


def by_role(*roles: str) -> Who:
    """Everybody who holds one of some roles over the village."""
    says = "、".join(Role(role).label for role in roles)
    return Who(says, lambda scene, event: _to(user for role in roles for user in scene.staff(role)))


def from_thing(says: str, read: Callable[[object], Iterable]) -> Who:
    """Accounts that the thing itself names."""

    return Who(says, lambda scene, event: _to(read(scene.thing(event))))


# -- households -------------------------------------------------------------------
@told("这一户", is_of_file=True)
def household(scene, event):
    """Who reads in the household, else the household on paper."""
    return _homes(scene.homes([event.subject_key]))


@told("这一户有账号的")
def adults(scene, event):
    """Every account of the household, whether they agreed or not; never on paper: it is about what is stored."""
    return _to(pk for home in scene.homes([event.subject_key]) for pk in home.adults)


@told("这一户有账号的")
def looked_at(scene, event):
    """Every account of the household; who does not see its list of readings finds them in their own copy."""
    homes = scene.homes([event.subject_key])
    data = reverse("my_data")
    return Audience({pk: None if pk in home.readers else data for home in homes for pk in home.adults})


@told("这一户有账号的，和不再在里面的那一位")
def parted(scene, event):
    """Every account of the household, and the one that the act parted from it: its owner hears first of a mistake."""
    versions = scene.thing(event).history.order_by("-history_id")
    after = versions.filter(history_date=event.at, history_change_reason=event.name).first()
    before = after and versions.filter(history_id__lt=after.history_id).first()
    return _to([before and before.user_id, *adults(scene, event).users])


@told("这一户，和提的人", is_of_file=True)
def case_home(scene, event):
    """The household, and who said it: they follow their own case even when they no longer take part, on paper too."""
    case, found = scene.thing(event), _homes(scene.homes([event.subject_key]))
    speaker = case.for_member.user_id
    if not speaker:
        is_told = found.users or found.on_paper
        return found if is_told else Audience(on_paper=(event.subject_key,))
    on_paper = tuple(key for key in found.on_paper if key != event.subject_key)
    return Audience({**found.users, speaker: None}, on_paper, found.homes)


@told("提申请的人")
def asker(scene, event):
    """The adult who asked, else their household on paper: a right over their own data, taking part or not."""
    row = scene.thing(event)
    return (
        _to([row.for_member.user_id]) if row.for_member.user_id else Audience(on_paper=(event.subject_key,))
    )


@told("本人")
def consenter(scene, event):
    """The adult whose consent it is; when the head leaves the scoring, everybody there: it ends for all."""
    row = scene.thing(event)
    own = _to([row.member.user_id])
    ends = row.withdrawn_on and row.member.is_head and row.purpose == Consent.Purpose.SCORING
    return Audience({**own.users, **adults(scene, event).users}) if ends else own


@told("这个月有记分的户", is_of_file=True)
def rated_homes(scene, event):
    """Households with a line in the month that was posted, or with a repair that was posted with it."""
    posted = Observation.objects.filter(round__key=event.about_id, state__in=POSTED_ITEMS)
    mended = Repair.objects.filter(round__key=event.about_id)
    keys = [*posted.values_list("subject__key", flat=True), *mended.values_list("subject__key", flat=True)]
    return _homes(scene.homes(dict.fromkeys(keys)))


@told("参加的每一户", is_of_file=True)
def settled_homes(scene, event):
    """Households with a card in the quarter that was posted."""
    settlement = scene.thing(event)
    cards = Scorecard.objects.filter(village=scene.village, quarter=settlement.quarter, version=1)
    return _homes(scene.homes(set(cards.values_list("subject__key", flat=True))))


@told("参加的住户")
def residents(scene, event):
    """Everybody in the village who takes part and has an account."""
    return _to(scene.residents)


@told("参加的住户，村里镇里的人")
def everybody(scene, event):
    """Residents who take part, and all who work for the village."""
    return _to(scene.residents | scene.officials)


# -- the month and the quarter ----------------------------------------------------
@told("联户党员")
def raters(scene, event):
    """Everybody with a sheet in the month; each to their own."""
    sheets = Sheet.objects.filter(round__key=event.about_id).order_by("-area__position", "-pk")
    return Audience(
        {rater: reverse("sheet", args=[key]) for rater, key in sheets.values_list("rater", "key")}
    )


its_rater = from_thing("评这张单的", lambda sheet: [sheet.rater_id])
# A sheet whose households all went to others when its rater left has nothing left to hand in.
late_rater = from_thing("没交单的", lambda sheet: [sheet.rater_id] if sheet.lines.exists() else [])
item_rater = from_thing("记这件事的", lambda item: [item.sheet.rater_id])


@told("接着评的联户党员")
def taken_over(scene, event):
    """Who has a household on their sheet because somebody else must stand aside."""
    sheet = scene.thing(event)
    lines = SheetLine.objects.filter(sheet__round=sheet.round, subject__key=event.subject_key).exclude(
        sheet=sheet
    )
    found = lines.filter(instead_of__isnull=False).values_list("sheet__rater", "sheet__key")
    return Audience({rater: reverse("sheet", args=[key]) for rater, key in found})


@told("核单的组长")
def settlers(scene, event):
    """Who may settle the sheet that was handed in, or an item of it."""
    return _to(scene.settlers(scene.thing(event)))


@told("核单的组长、镇评审组")
def late_settlers(scene, event):
    """Who may settle what still waits in the month, and the township that may help."""
    waiting = Sheet.objects.filter(round__key=event.about_id, state=Sheet.State.FILED)
    rows = waiting.select_related("village", "area", "round")
    return _to([*(user for sheet in rows for user in scene.settlers(sheet)), *scene.staff(Role.PANEL)])


@told("核这件事的组长")
def item_settlers(scene, event):
    """Who looks at an item again."""
    item = scene.thing(event)
    return _to(scene.settlers(item.sheet, item)) if item.state == ItemState.FILED else NOBODY


@told("投票的理事")
def item_voters(scene, event):
    """Who votes on an item that came back from signing, or went to the township."""
    item = scene.thing(event)
    return _to(scene.electorate(item)) if item.state == ItemState.CONFIRMED else NOBODY


@told("能签字的")
def month_signers(scene, event):
    """Who may sign the month: nobody who rated in it."""
    return _who_may(scene, event, signatures.check_signer)


@told("能签字的")
def quarter_signers(scene, event):
    """Who may sign the quarter: nobody who rated in it."""
    return _who_may(scene, event, settlements.check_signer)


@told("文书")
def quarter_clerk(scene, event):
    """The clerk, once the signatures are there."""
    settlement = scene.thing(event)
    is_signed = settlement.state == settlement.State.CONFIRMED
    return _to(scene.staff(Role.CLERK)) if is_signed else NOBODY


def _who_may(scene: Scene, event: Event, check: Callable) -> Audience:
    thing = scene.thing(event)
    asked = dict.fromkeys([*scene.staff(Role.COMMITTEE), *scene.staff(Role.PANEL)])
    return _to(user for user in asked if not why_not(check, thing, by=user, at=scene.at))


@told("能签更正的")
def amendment_signers(scene, event):
    """Who may sign a corrected scorecard, once its quarter hangs on the board."""
    row = scene.thing(event)
    is_open = row.state == row.State.WAITING and row.settlement.state in POSTED
    return _to(scene.signers(row)) if is_open else NOBODY


@told("这一户", is_of_file=True)
def amended_home(scene, event):
    """The household, once the second signature stands."""
    row = scene.thing(event)
    return household(scene, event) if row.signed_at == event.at else NOBODY


@told("抽到的联户党员")
def drawn(scene, event):
    """Who was drawn to look again; each to the first household."""
    rows = SecondRating.objects.filter(round__key=event.about_id, asked_at=event.at).order_by("-pk")
    return Audience(
        {rater: reverse("second_rating", args=[key]) for rater, key in rows.values_list("rater", "key")}
    )


looks_again = from_thing("抽到的联户党员", lambda row: [row.rater_id])


# -- cases --------------------------------------------------------------------------
@told("办这件异议的")
def office(scene, event):
    """Whose desk a case lies on and who stands in for them, if they may; while nobody has taken it, all who may."""
    case, may = scene.thing(event), scene.eligible(scene.thing(event))
    if case.officer_id:
        free = {user.pk for user in may}
        return _to([case.officer_id, *(pk for pk in scene.stand_ins.get(case.officer_id, ()) if pk in free)])
    sees_always = {user.pk for role in (Role.OFFICER, Role.PANEL) for user in scene.staff(role)}
    return _to(user for user in may if user.pk in sees_always or case.state in IN_OFFICE)


@told("能接手的")
def pool(scene, event):
    """Who may take a case that nobody took over."""
    return NOBODY if scene.thing(event).officer_id else office(scene, event)


handler = from_thing("接手的专员", lambda case: [case.officer_id])


@told("问到的人")
def asked(scene, event):
    """Who was put a question, in this very act."""
    case = scene.thing(event)
    rows = Inquiry.objects.filter(objection=case, asked_at=event.at, to_user__isnull=False)
    return Audience(
        {user: reverse("inquiry", args=[key]) for user, key in rows.values_list("to_user", "key")}
    )


@told("问过话的人")
def other_side(scene, event):
    """Who was put a question about the case: both sides come to a hearing. Each to the newest put to them."""
    rows = Inquiry.objects.filter(objection__key=event.about_id, to_user__isnull=False)
    keys = rows.exclude(state=Inquiry.State.DROPPED).order_by("pk").values_list("to_user", "key")
    return Audience({user: reverse("inquiry", args=[key]) for user, key in keys})


@told("能签整批更正的")
def correction_office(scene, event):
    """Who may sign a list; a supervisor where nobody of the township may."""
    row = scene.thing(event)
    return _to(correction_signers(row, at=scene.at) or scene.staff(Role.SUPERVISOR))


@told("列清单的人、县镇监督")
def correction_told(scene, event):
    """Who made the list, and the supervisor."""
    row, held = (
        scene.thing(event),
        {user.pk for role in (Role.OFFICER, Role.PANEL) for user in scene.staff(role)},
    )
    return _to([*({row.proposed_by_id} & held), *scene.staff(Role.SUPERVISOR)])


@told("去看的组长")
def verifiers(scene, event):
    """Who goes and looks at a repair."""
    row = scene.thing(event)
    return _to(scene.verifiers(row)) if row.state == Repair.State.SHOWN else NOBODY


@told("投票的理事")
def electors(scene, event):
    """Who votes on a repair."""
    row = scene.thing(event)
    return _to(scene.electors(row)) if row.state == Repair.State.VERIFIED else NOBODY


# -- offices and the watch ------------------------------------------------------------
@told("联户党员")
def linked(scene, event):
    """The rater of a link, once for all households of one act."""
    link = scene.thing(event)
    is_first = scene.first(("link", event.name, link.rater_id, event.at))
    return _to([link.rater_id]) if is_first else NOBODY


@told("要回避的人")
def kin(scene, event):
    """The official who must stand aside, and the household it is about."""
    tie = scene.thing(event)
    return _to([*({tie.user_id} & scene.officials), *adults(scene, event).users])


@told("被问的人")
def shown(scene, event):
    """Whom a finding is about: the person, the area's leader, or who does the step."""
    row = scene.thing(event)
    if row.user_id:
        return _to([row.user_id])
    if row.area_id:
        return _to(scene.staff(Role.LEADER, area=row.area))
    return _to(scene.staff(SPEAKS_FOR[row.step]))
