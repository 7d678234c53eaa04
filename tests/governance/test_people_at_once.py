"""Six clerks, or one impatient finger, at the same moment: one is first, the others read so."""

import pytest

from governance import appointments, consents, links, slips, subjects
from governance.identity import Person
from governance.models import Appointment, Consent, Link, Member, Subject, User
from governance.models.people import Role
from governance.refusals import Conflict, Invalid, Refused
from governance.roster_import import save_file
from governance.subjects import Home
from tests import people
from tests.governance.roster import file, row
from tests.people import NOON
from tests.real_transactions import at_once

pytestmark = pytest.mark.postgres


@pytest.fixture
def world(transactional_db):
    return people.build()


def one_first(results, refusal=Conflict):
    refused = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(error, refusal) for error in refused), refused
    assert len(refused) == len(results) - 1


def test_one_consent_is_given_however_often_it_is_tapped(world):
    head = world.chen_home.members.get()
    head.user = world.stranger
    head.save()
    act = {"member": head, "purpose": Consent.Purpose.SCORING, "by": world.stranger, "at": NOON}
    one_first(at_once([lambda: consents.give(**act)] * 6))
    assert Consent.objects.filter(member=head).count() == 1


def test_one_withdrawal_is_recorded(world):
    one_first(at_once([lambda: consents.withdraw(member=world.head, by=world.wang, at=NOON)] * 6))


def test_a_household_gets_one_rater(world):
    home = people.household("9号", world.east, "吴大嫂")
    raters = [world.li, world.zhou] * 3
    acts = [lambda r=r: links.link(rater=r, subject=home, by=world.clerk, at=NOON) for r in raters]
    one_first(at_once(acts))
    assert Link.objects.filter(subject=home).count() == 1


def test_a_household_is_split_or_moved_once(world):
    act = {"subject": world.wang_home, "on": NOON.date(), "why": "来说的", "by": world.clerk, "at": NOON}
    acts = [lambda n=n: subjects.move(area=world.west, door=f"{n}号", **act) for n in range(30, 36)]
    one_first(at_once(acts))
    assert Subject.objects.filter(came_from=world.wang_home).count() == 1


def test_a_door_is_given_once(world):
    home, head = Home(world.east, "8号", "吴家户"), Person("吴大嫂")
    act = {"village": world.village, "home": home, "head": head, "by": world.clerk, "at": NOON}
    one_first(at_once([lambda: subjects.create(**act)] * 6), Invalid)


def test_an_office_is_given_and_ended_once(world):
    act = {"role": Role.RATER, "division": world.village, "by": world.clerk, "at": NOON}
    one_first(at_once([lambda: appointments.appoint(user=world.stranger, **act)] * 6))
    lin = Appointment.objects.get(user=world.lin)
    end = {"appointment": lin, "why": "辞职", "by": world.clerk, "at": NOON}
    one_first(at_once([lambda: appointments.end(**end)] * 6))


def test_a_slip_makes_one_account(world):
    code = slips.make(member=world.liu_home.members.get(), by=world.clerk, at=NOON)
    typed = {"code": code, "at": NOON, "password": "chun-feng-8811"}
    acts = [lambda n=n: slips.bind(ip=f"192.0.2.{n}", username=f"liu{n}", **typed) for n in range(6)]
    one_first(at_once(acts), Refused)
    assert User.objects.filter(username__startswith="liu").count() == 1


def test_a_roster_uploaded_six_times_is_stored_once(world):
    data = file(row())
    act = {"village": world.village, "by": world.clerk, "at": NOON}
    done = at_once([lambda: save_file(data, **act)] * 6)
    assert sorted(seen.created for seen in done) == [0, 0, 0, 0, 0, 1]
    assert Member.objects.filter(name_index="吴大嫂").count() == 1
