"""Who is forgotten leaves no address here, and nothing goes out to them any more."""

from notifications.models import Channel, Delivery, Preference
from rights.forgetting import ON_FORGOTTEN
from tests.notifications.made import message, out, with_phone
from tests.people import NOON

State = Delivery.State


def forget(**who):
    for hook in ON_FORGOTTEN:
        hook(**{"subject": None, "users": [], "at": NOON, **who})


def test_addresses_go_with_the_account_and_what_waits_for_it_is_dropped(world, senders):
    wang, row = with_phone(world.wang), Preference(user=world.wang, changed_at=NOON)
    row.email = "wang@example.com"
    row.save()
    told = message(world.village, wang, home=world.wang_home)
    forget(users=[wang])
    assert not Preference.objects.exists()
    assert out(told).state == State.DROPPED


def test_a_slip_for_a_forgotten_household_is_carried_no_more(world):
    wang, liu = (message(world.village, None, home=home) for home in (world.wang_home, world.liu_home))
    forget(subject=world.wang_home)
    assert out(wang, Channel.SLIP).state == State.DROPPED
    assert out(liu, Channel.SLIP).state == State.WAITING


def test_others_keep_theirs(world, senders):
    told = message(world.village, with_phone(world.wang), home=world.wang_home)
    forget(users=[world.li], subject=world.liu_home)
    assert out(told).state == State.WAITING
