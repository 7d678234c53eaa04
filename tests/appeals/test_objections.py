"""An objection never costs anything: who may file, until when, and what stops counting at once."""

from datetime import date, timedelta

import pytest

from appeals import objections
from appeals.against import Against
from appeals.models import Objection
from governance import consents, ledger, scorecards
from governance.events import record, why_of
from governance.models import Consent, Event, Hold
from governance.refusals import Conflict, Invalid, Refused
from tests import people
from tests.people import NOON
from tests.published import entry

How = Objection.How


def file(world, month, name="litter", **changed):
    said = {
        "text": "袋子不是我家的",
        "how": How.ONLINE,
        "for_member": world.head,
        "by": world.wang,
        "at": NOON,
    }
    return objections.file(against=Against.line(entry(month, name)), **{**said, **changed})


def total(world, at=NOON) -> int:
    return scorecards.lines(subject=world.wang_home, quarter="2026Q4", at=at).total_tenths


def test_a_deduction_stops_counting_at_once(world, month):
    before = total(world)
    case = file(world, month)
    assert total(world) == before + 20
    assert Hold.objects.get().cause == f"objection:{case.key}"


def test_a_plus_goes_on_counting(world, month):
    before = total(world)
    file(world, month, "sweep")
    assert total(world) == before
    assert Hold.objects.count() == 1


def test_numbers_follow_one_another_within_village_and_year(world, month):
    numbers = [file(world, month, name).number for name in ("litter", "sweep", "volunteer")]
    assert numbers == ["YY-2026-0001", "YY-2026-0002", "YY-2026-0003"]


def test_the_township_answers_on_the_next_working_day(world, month):
    assert file(world, month).answer_by == date(2026, 11, 17)


def test_the_event_keeps_the_words_and_the_digest(world, month):
    case = file(world, month)
    event = Event.objects.get(name="objection.filed")
    assert why_of(event) == "袋子不是我家的"
    assert f"appeals_objection:{case.key}" in event.digests
    assert event.subject_key == world.wang_home.key


def test_one_line_has_one_open_case(world, month):
    file(world, month)
    with pytest.raises(Conflict, match="YY-2026-0001"):
        file(world, month)
    assert Objection.objects.count() == 1


def test_after_the_window_a_reason_is_needed_and_the_officer_weighs_it(world, month):
    late = NOON + timedelta(days=6)
    with pytest.raises(Invalid, match="公示期过了"):
        file(world, month, text="", at=late)
    assert file(world, month, text="我出去打工，才回来", at=late).is_late


def test_after_a_year_it_is_too_late(world, month):
    with pytest.raises(Refused, match="过了一年"):
        file(world, month, at=NOON + timedelta(days=400))


def test_the_last_evening_of_the_window_still_counts(world, month):
    assert file(world, month, at=NOON.replace(day=21, hour=23, minute=59))


def test_a_neighbour_cannot_object_for_another_household(world, month):
    neighbour = people.account("刘大婶")
    world.liu_home.members.update(user=neighbour)
    with pytest.raises(Refused, match="只有这一户的成年人"):
        file(world, month, by=neighbour, for_member=world.liu_home.members.get())
    with pytest.raises(Refused, match="要本人来提"):
        file(world, month, by=neighbour)


def test_an_adult_who_has_not_agreed_is_led_to_consent(world, month):
    user = people.account("王小弟")
    member = people.adult(world.wang_home, "王小弟", user)
    with pytest.raises(Refused, match="要先同意参加"):
        file(world, month, by=user, for_member=member)


def test_the_clerk_takes_down_what_an_adult_says(world, month):
    case = file(world, month, how=How.DESK, by=world.clerk)
    assert (case.filed_by, case.for_member) == (world.clerk, world.head)


def test_at_the_desk_the_words_are_needed(world, month):
    with pytest.raises(Invalid) as caught:
        file(world, month, how=How.PAPER, by=world.clerk, text=" ")
    assert "text" in caught.value.errors
    assert file(world, month, text="").text == ""  # the adult themself may leave them out


@pytest.mark.parametrize("who", ["elsewhere_clerk", "li", "shi", "helper", "stranger"])
def test_nobody_else_takes_down_words_at_the_desk(world, month, who):
    with pytest.raises(Refused):
        file(world, month, how=How.DESK, by=getattr(world, who))
    assert Hold.objects.count() == 0


def test_a_helper_needs_the_adults_own_yes(world, month):
    with pytest.raises(Refused, match="还没有请代办员"):
        file(world, month, how=How.HELPER, by=world.helper)
    people.consent(world.head, Consent.Purpose.HELPER)
    assert file(world, month, how=How.HELPER, by=world.helper).how == How.HELPER


def test_a_helper_no_longer_asked_for_is_refused(world, month):
    people.consent(world.head, Consent.Purpose.HELPER)
    consents.withdraw(member=world.head, purpose="helper", by=world.wang, at=NOON)
    with pytest.raises(Refused):
        file(world, month, how=How.HELPER, by=world.helper)


def test_a_line_taken_back_needs_no_objection(world, month):
    line = entry(month, "litter")
    undo = ledger.reversal(line, source="objection:test")
    event = record("entry.reversed", village=world.village, about=undo, by=None, at=NOON, rows=[undo])
    ledger.post([undo], event=event)
    with pytest.raises(Refused, match="已经撤销"):
        file(world, month)


def test_withdrawing_lets_the_line_count_again_and_it_can_be_filed_anew(world, month):
    before = total(world)
    case = objections.withdraw(objection=file(world, month), by=world.wang, at=NOON + timedelta(hours=1))
    assert case.state == Objection.State.WITHDRAWN
    assert total(world, NOON + timedelta(hours=2)) == before
    assert file(world, month, at=NOON + timedelta(hours=3)).number == "YY-2026-0002"


def test_a_case_is_withdrawn_once_and_by_its_adult_or_the_clerk(world, month):
    case = file(world, month)
    for user in [world.li, world.officer, world.helper]:
        with pytest.raises(Refused):
            objections.withdraw(objection=case, by=user, at=NOON)
    objections.withdraw(objection=case, by=world.clerk, at=NOON)
    with pytest.raises(Conflict):
        objections.withdraw(objection=case, by=world.wang, at=NOON)


def test_when_the_last_write_fails_nothing_is_left(world, month, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("the log is gone")

    line = entry(month, "litter")
    monkeypatch.setattr(objections, "record", fail)
    with pytest.raises(RuntimeError):
        objections.file(
            against=Against.line(line),
            text="不对",
            how=How.ONLINE,
            for_member=world.head,
            by=world.wang,
            at=NOON,
        )
    assert (Objection.objects.count(), Hold.objects.count()) == (0, 0)
