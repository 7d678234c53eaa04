"""The demo village: whatever day it is made on, its story fits together and there is something to do."""

from datetime import date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.test import override_settings

from appeals.models import Correction, Decision, Delegation, Inquiry, Objection, Paragraph, Repair, SavedView
from governance import consents, deadlines, verifying
from governance.models import Deadline, Division, Entry, Event, Rule, Rulebook, Scorecard, Subject, User
from governance.periods import quarter_bounds
from governance.replay import replay
from notifications.models import Channel, Delivery, Message, Relay
from tests.go.export import build, export, verify
from tests.transparency.logs import signed
from tests.walk.log_holds import LogHolds
from transparency import log
from transparency.models import Log
from workflows.demo import accounts, people, story, village
from workflows.models import Amendment, Observation, Round, Settlement, Sheet
from workflows.queues import waiting_for

SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAYS = [
    datetime(2027, 1, 1, 0, 30, tzinfo=SHANGHAI),  # a year's and a quarter's first half hour
    datetime(2026, 9, 30, 20, tzinfo=SHANGHAI),  # a quarter's last evening
]


class Told:
    """The village as `seed_demo` made it, when, and what the command printed."""

    def __init__(self, now: datetime):
        self.now, out = now, StringIO()
        with time_machine.travel(now, tick=False):
            call_command("seed_demo", stdout=out)
        self.printed = out.getvalue()

    def waiting(self, username: str) -> list[str]:
        """Titles of what waits for an account."""
        return [task.title for task in waiting_for(User.objects.get(username=username), at=self.now)]


@pytest.fixture(scope="module", params=TODAYS, ids=lambda now: f"{now:%Y-%m-%d}")
def told(request, django_db_setup, django_db_blocker, tmp_path_factory):
    """Made once for all tests of a day, which only read."""
    with (
        django_db_blocker.unblock(),
        override_settings(DEBUG=True, MEDIA_ROOT=tmp_path_factory.mktemp("uploads")),
        transaction.atomic(),
    ):
        yield Told(request.param)
        transaction.set_rollback(True)


def door(number: str) -> Subject:
    return Subject.objects.get(door=f"{number}号")


def missing(model, field: str) -> set[str]:
    """Choices of a field that no row has."""
    choices = dict(model._meta.get_field(field).flatchoices)
    return set(choices) - set(model.objects.values_list(field, flat=True))


@pytest.mark.parametrize(
    "username",
    [
        "lidangyuan",
        "fengdangyuan",
        "qinzuzhang",
        "zhudangyuan",
        "linlishi",
        "caozhuren",
        "dengweiyuan",
        "pingshen1",
        "jianwei",
        "daiban",
        "zhuanyuan",
        "zhuanyuan2",
    ],
)
def test_something_waits_for_everybody_who_acts_in_a_month_or_on_a_case(told, username):
    assert told.waiting(username)


def test_months_stand_where_the_story_says(told):
    *posted, last, this = Round.objects.order_by("month")
    assert {month.state for month in posted} == {Round.State.CLOSED}
    assert (last.state, this.state) == (Round.State.RESOLVING, Round.State.COLLECTING)
    assert Observation.objects.get(turn=2).round == last
    assert set(this.sheets.values_list("state", flat=True)) == {
        Sheet.State.OPEN,
        Sheet.State.FILED,
        Sheet.State.RETURNED,
    }


def test_the_quarter_before_last_month_is_final_and_replays(told):
    assert Settlement.objects.get().state == Settlement.State.FINAL
    replayed = list(replay())
    assert len(replayed) > 100
    assert [row for row in replayed if row.differences] == []


def test_the_quarter_of_the_residents_who_sign_in_is_what_the_sign_in_page_says(told):
    colours = [Scorecard.objects.get(subject=door(n)).colour for n in (people.GREEN, people.BLUE, people.RED)]
    assert colours == ["green", "blue", "red"]


def test_who_has_not_agreed_has_no_line_and_no_card(told):
    never = Subject.objects.filter(enrolled_from__isnull=True)
    assert never.count() == len(people.NO_CONSENT)
    assert not Observation.objects.filter(subject__in=never).exists()
    assert not Entry.objects.filter(subject__in=never).exists()
    assert not Scorecard.objects.filter(subject__in=never).exists()


def test_the_household_that_withdrew_has_no_card(told):
    gone = door(people.WITHDRAWN)
    assert gone.enrolled_to
    assert not Scorecard.objects.filter(subject=gone).exists()
    assert not Observation.objects.filter(subject=gone, occurred_on__gte=gone.enrolled_to).exists()


def test_enrolment_follows_consent_everywhere(told):
    assert consents.enrolment_matches_consents(Division.objects.get(code=village.CODE)) == []


def test_nothing_happened_later_than_now(told):
    assert not Event.objects.filter(at__gt=told.now).exists()
    assert not Observation.objects.filter(occurred_on__gt=told.now.date()).exists()


def test_nothing_is_overdue(told):
    assert deadlines.fire_due(told.now) == []


def test_the_rulebook_in_force_has_every_shape(told):
    in_force = Rule.objects.filter(rulebook__state="in_force")
    assert set(in_force.values_list("shape", flat=True)) == set(Rule.Shape.values)


def test_the_draft_of_the_next_version_moves_households_when_it_is_tried(told):
    from oversight.whatif import counts, trial

    draft = Rulebook.objects.get(state="draft")
    found = counts.summary(trial.run(draft, trial.quarters(draft.village)[0], at=told.now))
    assert dict(found.bands)["多1分到5分"] not in (counts.NONE, counts.HIDDEN)


def test_nobody_settled_what_is_their_own_or_their_kin_s(told):
    for username, number, _ in people.KIN:
        user, items = User.objects.get(username=username), Observation.objects.filter(subject=door(number))
        assert not items.filter(sheet__rater=user).exists()
        assert not items.filter(confirmed_by=user).exists()
        assert not items.filter(ballots__voter=user).exists()


def test_accounts_and_what_waits_are_printed(told):
    for _, username, password in accounts.listed():
        assert f"　{username}　{password}　" in told.printed
    assert "等您签字" in told.printed


def test_each_account_signs_in_with_the_password_that_is_shown(told):
    assert len(accounts.listed()) == len(accounts.LISTED)
    assert all(User.objects.get(username=n).check_password(p) for _, n, p in accounts.listed())


@pytest.mark.parametrize("field", ["state", "about", "outcome", "how"])
def test_there_are_objections_of_every_kind(told, field):
    assert not missing(Objection, field)


def test_open_cases_have_questions_a_photo_and_a_hearing(told):
    asked = Objection.objects.get(subject=door(people.OBJECTING))
    assert {row.state for row in asked.inquiries.all()} == {Inquiry.State.ASKED, Inquiry.State.ANSWERED}
    assert asked.exhibits.filter(is_households=True).exclude(stored_as="").exists()
    assert asked.hearings.get().takes_place_at > told.now
    assert Objection.objects.filter(suspended_at__isnull=False).get().for_member.subject == door(
        people.HELPED
    )
    assert set(Objection.objects.values_list("is_late", flat=True)) == {True, False}


def test_cases_were_decided_at_both_turns_and_once_by_the_clock(told):
    assert set(Decision.objects.values_list("turn", flat=True)) == {1, 2}
    assert Decision.objects.get(outcome="lapsed").decided_by is None


def test_there_are_repairs_in_every_state(told):
    assert not missing(Repair, "state")


def test_nothing_that_is_open_is_past_its_day(told):
    assert not Objection.objects.filter(state__in=Objection.OPEN, answer_by__lt=told.now.date()).exists()
    assert not Inquiry.objects.filter(state="asked", answer_by__lt=told.now.date()).exists()
    waiting = Deadline.objects.filter(fired_at=None, cancelled_at=None)
    assert waiting.exists()
    assert not waiting.filter(due_at__lte=told.now).exists()


def test_one_correction_is_signed_and_one_waits_like_one_new_scorecard(told):
    assert set(Correction.objects.values_list("state", flat=True)) == {"proposed", "signed"}
    assert {"waiting", "signed"} <= set(Amendment.objects.values_list("state", flat=True))


def test_a_deduction_on_a_household_that_objected_went_to_others(told):
    assert Event.objects.filter(name="observation.diverted", subject_key=door("202").key).exists()
    again = Observation.objects.get(subject=door("202"), rule__number="4.3")
    first = Observation.objects.get(subject=door("202"), rule__number="4.5")
    assert again.sheet.rater != first.sheet.rater


def test_the_officer_s_desk_is_furnished(told):
    assert (Paragraph.objects.count(), SavedView.objects.count()) == (6, 2)
    assert Delegation.objects.on(told.now.date()).get().user.username == "zhuanyuan2"


def test_the_log_verifies(told):
    here = Division.objects.get(code=village.CODE)
    LogHolds(here).check()
    assert verifying.verify(here).breaks == []


def test_seeding_again_changes_nothing(told):
    events, out = Event.objects.count(), StringIO()
    call_command("seed_demo", stdout=out)
    assert "已经有了" in out.getvalue()
    assert Event.objects.count() == events


def test_the_sign_in_page_lists_the_accounts(told, client):
    assert "wenshu" in client.get("/accounts/login/").content.decode()


def test_without_debug_no_demo_is_made_and_no_account_offered(db, settings, client):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("seed_demo")
    assert not Division.objects.filter(code=village.CODE).exists()
    assert "lianping-demo" not in client.get("/accounts/login/", secure=True).content.decode()


def test_on_any_day_the_settled_quarter_ends_before_last_month():
    for n in range(800):
        day = date(2026, 1, 1) + timedelta(days=n)
        quarter, firsts = story.calendar(day)
        assert 5 <= len(firsts) <= 7
        assert firsts[0] == quarter_bounds(quarter)[0]
        assert quarter_bounds(quarter)[1] < firsts[-2] <= firsts[-1] <= day


@pytest.mark.go
def test_others_tools_find_the_demo_s_log_good(told, tmp_path):
    size = log.head(village.CODE)[0]
    for each in (size // 3, size):
        signed(village.CODE, told.now, each)
    folder = export(village.CODE, tmp_path / "log", old=size // 3, new=size, seqs=range(0, size, 7))
    ran = verify(build(tmp_path), folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert f"{size // 3} to {size} leaves" in ran.stdout


def test_everybody_was_told_of_what_concerns_them_and_has_read_most_of_it(told):
    heard = Message.objects.exclude(recipient=None)
    silent = {name for _, name in accounts.LISTED} - set(heard.values_list("recipient__username", flat=True))
    assert silent == {"yunwei", "zhuhu4", "zhuhu5"}  # who looks after machines, who does not take part
    assert 0 < heard.filter(read_at__isnull=True).count() < heard.count() / 2
    assert not Message.objects.filter(made_at__lt=F("event__at")).exists()
    assert not Message.objects.filter(made_at__gt=told.now).exists()
    assert Relay.objects.get().seq == Log.objects.get(village=village.CODE).size


def test_slips_wait_for_the_clerk_and_some_were_carried(told):
    slips = Delivery.objects.filter(channel=Channel.SLIP)
    assert slips.filter(state=Delivery.State.WAITING).exists()
    assert slips.filter(state=Delivery.State.SENT).count() == 3
    assert any("通知纸条" in title for title in told.waiting("wenshu"))
