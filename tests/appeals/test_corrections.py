"""A rule found unlawful, or a decision set aside: one list, one other person's signature, everything reversed."""

import pytest

from appeals import corrections
from appeals.models import Correction
from governance import replay, scorecards
from governance.models import Entry, Event, VoidRule
from governance.models.people import Role
from governance.refusals import Conflict, Invalid, Refused
from tests import people
from tests.months import Month
from tests.people import NOON
from tests.published import entry, posted
from tests.real_transactions import at_once
from tests.workflows import settled
from workflows import amendments, observations
from workflows.models import Observation, Publication

WORDS = {"ground": "这一条没有上级文件，不能减分。", "source": "县里第3号文件"}
LATER = NOON.replace(hour=13)


@pytest.fixture
def month(world):
    """October posted; 王家户 has a deduction for littering."""
    return posted(world)


@pytest.fixture
def listed(month, world):
    """The officer has listed what the littering rule brought."""
    return propose(world)


def propose(world, **changes):
    given = {"rule": world.rules["litter"], "by": world.officer, "at": LATER, **WORDS, **changes}
    if given.get("round"):
        given["rule"] = None
    return corrections.propose(village=world.village, **given)


def sign(row, by, at=LATER):
    return corrections.sign(correction=row, by=by, at=at)


def total(world, subject, at=LATER):
    return scorecards.lines(subject=subject, quarter="2026Q4", at=at).total_tenths


def test_the_list_holds_what_still_counts_and_reverses_nothing(listed, month, world):
    assert [line.entry for line in listed.lines.all()] == [entry(month, "litter")]
    assert (listed.number, listed.state) == ("GZ-2026-0001", Correction.State.PROPOSED)
    assert not Entry.objects.filter(reverses__isnull=False).exists()


def test_the_month_s_list_holds_everything_the_month_posted(month, world):
    row = propose(world, round=month.round)
    assert row.lines.count() == 4


def test_only_the_township_lists_and_says_why_by_which_paper(month, world):
    for other in (world.clerk, world.lin, world.supervisor, world.wang):
        with pytest.raises(Refused):
            propose(world, by=other)
    with pytest.raises(Invalid, match="各户都会看到"):
        propose(world, ground=" ")
    with pytest.raises(Invalid, match="依据"):
        propose(world, source="")


def test_the_same_list_is_not_made_twice_and_nothing_is_no_list(listed, world):
    with pytest.raises(Conflict, match="GZ-2026-0001"):
        propose(world, by=world.panel[0])
    with pytest.raises(Refused, match="没有还算着的记分"):
        propose(world, rule=world.rules["burning"])


def test_a_signature_of_somebody_else_reverses_everything_and_scores_follow(listed, world):
    before = total(world, world.wang_home)
    signed = sign(listed, world.panel[0])
    assert signed.state == Correction.State.SIGNED
    assert total(world, world.wang_home) == before + 20


def test_every_household_is_told_in_its_own_event_with_its_own_lines(month, world):
    row = sign(propose(world, round=month.round), world.panel[0])
    told = Event.objects.filter(name="correction.told", about_id=str(row.key))
    assert {event.subject_key for event in told} == {world.wang_home.key, world.liu_home.key}
    assert sorted(len(event.digests) for event in told) == [1, 3]
    assert all(line.event in told for line in Entry.objects.filter(reverses__isnull=False))


def test_the_old_notice_stays_and_a_notice_of_correction_is_posted(listed, month, world):
    old = month.round.publication
    content = old.content
    sign(listed, world.panel[0])
    old.refresh_from_db()
    assert old.content == content
    assert Publication.objects.get(amends=old).published_at == LATER


def test_who_listed_it_does_not_sign_it(listed, world):
    with pytest.raises(Refused, match="清单是您列的"):
        sign(listed, world.officer)


def test_kin_of_a_household_on_the_list_and_who_voted_do_not_sign(month, world):
    people.kin(world.panel[0], world.wang_home)
    people.appoint(world.lin, Role.OFFICER, world.township)
    listed = propose(world)
    with pytest.raises(Refused, match="亲属"):
        sign(listed, world.panel[0])
    with pytest.raises(Refused, match="投过票"):
        sign(listed, world.lin)
    assert sign(listed, world.panel[1]).signed_by == world.panel[1]


def test_the_supervisor_signs_only_when_nobody_of_the_township_may(listed, world):
    with pytest.raises(Refused, match="不用监督来签"):
        sign(listed, world.supervisor)
    for member in world.panel:
        people.kin(member, world.wang_home)
    assert sign(listed, world.supervisor).signed_by == world.supervisor


def test_a_list_that_is_out_of_date_is_refused_with_what_changed_and_made_anew(listed, world):
    rest = Month(world, NOON, month=NOON.date().replace(day=1)).open()
    rest.observe("又乱倒", world.liu_home, "litter", occurred_on=NOON.date().replace(day=9))
    rest.to_publication()
    with pytest.raises(Conflict, match="多了1条"):
        sign(listed, world.panel[0])
    again = propose(world)
    listed.refresh_from_db()
    assert (listed.state, again.lines.count()) == (Correction.State.DROPPED, 2)
    assert sign(again, world.panel[0]).state == Correction.State.SIGNED


def test_an_entry_reversed_meanwhile_makes_the_list_out_of_date(month, world):
    whole = propose(world, round=month.round)
    sign(propose(world), world.panel[0])
    with pytest.raises(Conflict, match="有1条已经另外撤了"):
        sign(whole, world.panel[0])


def test_nothing_more_is_written_down_under_the_rule_and_what_waits_is_withdrawn(month, world):
    november = Month(world, NOON, month=NOON.date().replace(day=1)).open()
    item = november.observe("乱倒", world.liu_home, "litter", occurred_on=NOON.date().replace(day=9))
    sign(propose(world), world.panel[0])
    item.refresh_from_db()
    assert item.state == Observation.State.WITHDRAWN
    assert item.sheet.lines.get(subject=world.liu_home).verdict == "todo"
    assert VoidRule.objects.get().rule == world.rules["litter"]
    assert world.rules["litter"] not in observations.rules_for(world.liu_home, november.month)
    with pytest.raises(Invalid, match="已经作废"):
        november.observe("又乱倒", world.liu_home, "litter", occurred_on=NOON.date().replace(day=9))


def test_a_month_set_aside_leaves_its_rules_in_force(month, world):
    sign(propose(world, round=month.round), world.panel[0])
    assert not VoidRule.objects.exists()


def test_open_cases_about_the_lines_are_told_before_they_are_reversed(listed, month, world, monkeypatch):
    heard = []
    monkeypatch.setattr(
        corrections, "ON_CORRECTED", [lambda entries, **given: heard.append((entries, given["cause"]))]
    )
    sign(listed, world.panel[0])
    assert heard == [([entry(month, "litter")], f"correction:{listed.key}")]


def test_when_a_case_cannot_be_closed_nothing_is_reversed(listed, world, monkeypatch):
    def refuse(entries, **given):
        raise Conflict("这件正在办。")

    monkeypatch.setattr(corrections, "ON_CORRECTED", [refuse])
    with pytest.raises(Conflict):
        sign(listed, world.panel[0])
    listed.refresh_from_db()
    assert listed.state == Correction.State.PROPOSED
    assert not Entry.objects.filter(reverses__isnull=False).exists()


def test_it_is_signed_or_dropped_once(listed, world):
    sign(listed, world.panel[0])
    with pytest.raises(Conflict):
        sign(listed, world.panel[1])
    with pytest.raises(Conflict):
        corrections.drop(correction=listed, by=world.officer, at=LATER)


def test_a_dropped_list_changes_nothing(listed, world):
    corrections.drop(correction=listed, by=world.panel[0], at=LATER)
    assert not Entry.objects.filter(reverses__isnull=False).exists()


def test_the_household_reads_the_ground_behind_the_reversal(listed, world):
    sign(listed, world.panel[0])
    told = corrections.facts([str(listed.key)])[str(listed.key)]
    assert WORDS["ground"] in told.text
    assert corrections.told([str(listed.key)])[str(listed.key)].steps[-1].what == "看过清单，签字更正"


def test_a_signed_quarter_gets_new_versions_and_replay_finds_no_difference(world):
    settled.october(world)
    quarter = settled.posted(world)
    sign(propose(world, at=settled.LATER), world.panel[0], at=settled.LATER)
    waiting = amendments.waiting(quarter).get()
    assert (waiting.subject, waiting.scorecard.version) == (world.wang_home, 2)
    assert all(not found.differences for found in replay.replay())


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_sign_at_once_one_signs_and_one_is_told():
    world = people.build()
    posted(world)
    listed = propose(world)
    done = at_once([lambda by=by: sign(listed, by) for by in world.panel[:2]])
    assert sorted(isinstance(each, Conflict) for each in done) == [False, True]
    assert Entry.objects.filter(reverses__isnull=False).count() == 1
