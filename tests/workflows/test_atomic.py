"""One action is one transaction: when its last write fails, nothing of it remains."""

from collections import Counter

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction

from governance import consents
from tests.failing import no_room_for
from tests.months import Month
from tests.people import NOON
from workflows import ballots, observations, publications, reviews, rounds, sheets, signatures
from workflows.models import Observation
from workflows.observations import Fact

APPS = ("governance", "workflows", "transparency", "viewflow")


def everything() -> dict[str, Counter]:
    """All rows of all tables of the domain, histories and log included."""
    return {
        model._meta.label: Counter(map(str, model._default_manager.values_list()))
        for app in APPS
        for model in apps.get_app_config(app).get_models()
    }


def filed(month: Month) -> Month:
    month.observe("乱倒", month.world.wang_home, "litter")
    month.observe("扫路", month.world.liu_home, "sweep")
    return month.file_all()


def do_open(world, month):
    return lambda: Month(world, NOON, month=NOON.date().replace(day=1)).open()


def do_file(world, month):
    month.observe("扫路", world.liu_home, "sweep")
    sheet = month.sheet(world.li)
    sheets.nothing(sheet=sheet, by=world.li, at=NOON)
    return lambda: sheets.file(sheet=sheet, by=world.li, at=NOON)


def do_return(world, month):
    sheet = filed(month).sheet(world.li)
    return lambda: sheets.send_back(sheet=sheet, why="看不清", by=world.shi, at=NOON)


def do_confirm_item(world, month):
    filed(month)
    return lambda: observations.confirm(observation=month.items["扫路"], by=world.shi, at=NOON)


def do_adjust(world, month):
    month.observe("干活", world.liu_home, "volunteer", quantity_milli=4000, photos=())
    month.file_all()
    fact = Fact(fact="", occurred_on=month.month, quantity_milli=2000)
    return lambda: observations.adjust(
        observation=month.items["干活"], fact=fact, why="少", by=world.shi, at=NOON
    )


def do_confirm_last_sheet(world, month):
    filed(month)
    for item in month.items.values():
        observations.confirm(observation=item, by=world.shi, at=NOON)
    *others, last = month.round.sheets.order_by("id")
    for sheet in others:
        rounds.confirm_sheet(sheet=sheet, by=world.shi if sheet.area == world.east else world.gao, at=NOON)
    return lambda: rounds.confirm_sheet(sheet=last, by=world.gao, at=NOON)


def do_cast_last(world, month):
    filed(month).confirm_all()
    item = Observation.objects.get(pk=month.items["乱倒"].pk)
    for voter in world.council[:-1]:
        ballots.cast(observation=item, choice="approve", reason="好", by=voter, at=NOON)
    return lambda: ballots.cast(
        observation=item, choice="approve", reason="好", by=world.council[-1], at=NOON
    )


def do_together(world, month):
    filed(month).confirm_all()
    items = [month.items["扫路"]]
    return lambda: reviews.approve_together(round=month.round, observations=items, by=world.lin, at=NOON)


def do_send(world, month):
    filed(month).confirm_all().review_all()
    return lambda: rounds.send_to_committee(round=month.round, word="", by=world.lin, at=NOON)


def do_sign(world, month):
    filed(month).confirm_all().review_all().send()
    return lambda: signatures.sign(round=month.round, word="", by=world.committee[0], at=NOON)


def do_publish(world, month):
    filed(month).confirm_all().review_all().send().sign()
    return lambda: publications.publish_round(round=month.round, by=world.clerk, at=NOON)


def do_withdraw(world, month):
    filed(month)
    return lambda: consents.withdraw(member=world.head, by=world.wang, at=NOON)


ACTS = [
    do_open, do_file, do_return, do_confirm_item, do_adjust, do_confirm_last_sheet, do_cast_last, do_together,
    do_send, do_sign, do_publish, do_withdraw,
]  # fmt: skip


@pytest.mark.parametrize("prepare", ACTS, ids=lambda act: act.__name__)
@pytest.mark.parametrize(
    ("write", "table"),
    [("INSERT", "governance_eventbody"), ("INSERT", "transparency_leaf")],
    ids=["body", "leaf"],
)
def test_nothing_of_a_failed_action_remains(october, world, prepare, write, table):
    act = prepare(world, october)
    before = everything()
    with no_room_for(write, table), pytest.raises(DatabaseError, match="disk is full"), transaction.atomic():
        act()
    assert everything() == before
    act()
    assert everything() != before


@pytest.mark.parametrize(
    ("write", "table"),
    [
        ("INSERT", "governance_entry"),
        ("UPDATE", "workflows_publication"),
        ("INSERT", "workflows_historicalobservation"),
        ("INSERT", "viewflow_task"),
    ],
)
def test_nothing_of_a_failed_posting_remains(october, world, write, table):
    act = do_publish(world, october)
    before = everything()
    with no_room_for(write, table), pytest.raises(DatabaseError, match="disk is full"), transaction.atomic():
        act()
    assert everything() == before
