"""What is reminded of, how many days before, and who: by the kind of deadline."""

from __future__ import annotations

from django.urls import reverse

from appeals.models import Inquiry
from governance.models import Subject
from governance.models.people import Role
from notifications.kinds.base import NOBODY, Audience, Kind, told
from notifications.models import Topic
from rights.models import Erasure, Rectification
from workflows.models import Ballot, Observation, SecondRating, Sheet
from workflows.who import electorates

State = Observation.State


@told("还没交单的联户党员")
def slow_raters(scene, round):
    """Raters whose sheet is still open; each to their own."""
    sheets = round.sheets.filter(state__in=[Sheet.State.OPEN, Sheet.State.RETURNED]).order_by("-pk")
    return Audience(
        {rater: reverse("sheet", args=[key]) for rater, key in sheets.values_list("rater", "key")}
    )


@told("还有单要核的组长")
def slow_settlers(scene, round):
    """Who may settle a sheet that waits."""
    sheets = round.sheets.filter(state=Sheet.State.FILED).select_related("village", "area", "round")
    return Audience({user.pk: None for sheet in sheets for user in scene.settlers(sheet)})


@told("还没投票的")
def slow_voters(scene, round):
    """Who has not voted on an item that is open; never kin, nor who touched it."""
    items = round.observations.filter(state=State.CONFIRMED, needs_ballot=True)
    items = list(items.select_related("village", "rule", "sheet"))
    may = electorates(items, at=scene.at)
    cast = set(Ballot.objects.filter(observation__in=items).values_list("observation", "turn", "voter"))
    late = {user.pk for item in items for user in may[item.pk] if (item.pk, item.turn, user.pk) not in cast}
    return Audience(dict.fromkeys(late))


@told("还没再看的联户党员")
def slow_second(scene, round):
    """Who was drawn and has not looked."""
    rows = round.second_ratings.filter(state=SecondRating.State.ASKED).order_by("-pk")
    return Audience(
        {rater: reverse("second_rating", args=[key]) for rater, key in rows.values_list("rater", "key")}
    )


@told("这个月有记分的户，有账号的")
def may_object(scene, round):
    """Accounts of households with a line in the month: the last day to say something comes."""
    homes = Subject.objects.filter(observations__round=round, observations__state=State.PUBLISHED)
    found = scene.homes(dict.fromkeys(homes.values_list("key", flat=True)))
    return Audience({pk: None for home in found for pk in home.readers})


@told("这一户，和提的人")
def case_home(scene, case):
    """The household whose case was answered."""
    homes = scene.homes([case.subject.key])
    users = {pk: None for home in homes for pk in home.readers}
    if case.for_member.user_id:
        users[case.for_member.user_id] = None
    if users:
        return Audience(users, homes=dict.fromkeys(users, case.subject.key))
    # They wait for the answer, taking part or not.
    return Audience(on_paper=tuple(home.key for home in homes if home.takes_part) or (case.subject.key,))


@told("问到的人")
def asked(scene, inquiry):
    """Who was put the question."""
    is_open = inquiry.state == Inquiry.State.ASKED and inquiry.to_user_id
    return Audience({inquiry.to_user_id: None}) if is_open else NOBODY


@told("文书")
def clerk(scene, row):
    """The clerk, while there is no answer."""
    is_open = row.state == Rectification.State.FILED
    return Audience({user.pk: None for user in scene.staff(Role.CLERK)}) if is_open else NOBODY


@told("这一户有账号的")
def leaving(scene, row):
    """Every account of the household whose data will be deleted."""
    if row.state != Erasure.State.WAITING:
        return NOBODY
    users = {pk: None for home in scene.homes([row.subject.key]) for pk in home.adults}
    return Audience(users, homes=dict.fromkeys(users, row.subject.key))


def _page(name: str):
    return lambda scene, thing: reverse(name, args=[thing.key])


def _fixed(name: str):
    return lambda scene, thing: reverse(name)


def _kind(event, topic, audience, title, text, short, page) -> Kind:
    return Kind(event, topic, audience, title, text, short, page, is_urgent=topic != Topic.NOTICE, to="soon")


# kind of deadline -> (days before, kinds). Steps of a case have their own warning as an event (objection.at_risk), as a
# repair has (repair.reminded).
REMINDERS: dict[str, tuple[tuple[int, ...], tuple[Kind, ...]]] = {
    "round.sheets": ((3, 1), (
        _kind(
            "round.sheets", Topic.WORK, slow_raters, "{month}的评户单，{day}到期",
            "您{month}的评户单还没交，{day}到期。没变化的点“没变化”，都评了再交。",
            "您{month}的评户单还没交，{day}到期，请登录联评。", _fixed("sheets"),
        ),
    )),
    "round.areas": ((1,), (
        _kind(
            "round.areas", Topic.WORK, slow_settlers, "{month}的核单，{day}到期",
            "{month}还有评户单等您核，{day}到期。",
            "{month}还有评户单等您核，{day}到期，请登录联评。", _page("area"),
        ),
    )),
    "round.ballots": ((1,), (
        _kind(
            "round.ballots", Topic.WORK, slow_voters, "{month}的审议，{day}到期",
            "{month}还有事等您投票，{day}到期。到期票数不够的，转镇里来定。",
            "{month}还有事等您投票，{day}到期，请登录联评。", _page("review"),
        ),
    )),
    "round.second": ((1,), (
        _kind(
            "round.second", Topic.WORK, slow_second, "抽到您再看的户，{day}到期",
            "{month}抽到您再看的户还没看，{day}到期，点三下就好。",
            "{month}抽到您再看的户还没看，{day}到期，请登录联评。", _fixed("todo"),
        ),
    )),
    "round.window": ((1,), (
        _kind(
            "round.window", Topic.NOTICE, may_object, "{month}的公示，{day}到期",
            "您家{month}有记分，公示到{day}。觉得不对，这之前提异议最方便，提异议不扣分。",
            "您家{month}的记分公示到{day}，觉得不对请在这之前提。", _fixed("my_points"),
        ),
    )),
    "objection.window": ((2,), (
        _kind(
            "objection.window", Topic.HOME, case_home, "异议{number}，{day}前可以请复核",
            "您家的异议{number}有结果了。不同意的，{day}前可以请别的人复核，请复核不扣分；过了这天就照结果办。",
            "您家的异议{number}，不同意结果的，{day}前可以请复核，请登录联评，或到村部说。", _page("objection"),
        ),
    )),
    "inquiry.due": ((1,), (
        _kind(
            "inquiry.due", Topic.WORK, asked, "问您的调查函，{day}到期",
            "镇里问您的调查函还没答，{day}到期。请照您知道的答。",
            "镇里问您的调查函{day}到期，请登录联评答复。", _page("inquiry"),
        ),
    )),
    "rectification.answer": ((2,), (
        _kind(
            "rectification.answer", Topic.WORK, clerk, "更正登记的申请{number}，{day}到期",
            "更正登记的申请{number}还没答复，{day}到期。到期没答复，镇里看得到。",
            "更正登记的申请{number}还没答复，{day}到期，请登录联评。", _page("rectification"),
        ),
    )),
    "erasure.due": ((3,), (
        _kind(
            "erasure.due", Topic.HOME, leaving, "删除资料的申请{number}，{day}就删",
            "您家删除资料的申请{number}，{day}就删，删了找不回来。想反悔，这之前在“我的数据”里点“不删了”。",
            "您家删除资料的申请{number}，{day}就删。想反悔请在这之前登录联评，或到村部说。", _fixed("my_data"),
        ),
    )),
}  # fmt: skip
