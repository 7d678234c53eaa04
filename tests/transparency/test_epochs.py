"""After an older backup came back: said openly, by an operator, in the log itself."""

import json
import shutil
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from governance import epochs
from governance.events import record
from governance.models import Event, EventBody
from governance.refusals import Conflict, Invalid
from tests.transparency.logs import HOME, NAME, NOON, TOMORROW, at_the_database, grow, restore
from transparency import log, signing, verify
from transparency.checkpoints import head_of
from transparency.leaf import commit
from transparency.models import Epoch, Leaf, Log


@pytest.fixture
def restored(world):
    """柳溪村 lost two of its five leaves with the disk."""
    grow(5)
    signing.sign_village(HOME, NOON)
    restore(3)
    return world


def begin(world, why="硬盘坏了"):
    return epochs.begin(village=world.village, why=why, at=TOMORROW)


def test_the_first_leaf_of_the_new_epoch_names_the_lost_checkpoint(restored):
    lost = signing.last_signed(HOME)
    epoch = begin(restored)
    leaf, event = Leaf.objects.get(seq=3), Event.objects.get(name="log.epoch")
    body = json.loads(epoch.body)
    assert (leaf.kind, event.seq, epoch.starts, epoch.ended) == ("log.epoch", 3, 3, lost)
    assert commit(bytes(epoch.salt), body) == bytes(leaf.commit)
    assert body["detail"]["ended"] == {"origin": NAME, "size": 5, "root": head_of(lost).root.hex()}
    assert body["why"] == "硬盘坏了"


def test_the_log_goes_on_under_a_name_of_its_own_and_is_signed_again(restored):
    begin(restored)
    record("test.done", village=restored.village, about=restored.village, by=None, at=TOMORROW)
    checkpoint = signing.sign_village(HOME, TOMORROW)
    assert (head_of(checkpoint.note).origin, checkpoint.size, checkpoint.epoch) == (f"{NAME}/2", 5, 2)
    assert verify.replay_log(HOME).root.hex() == checkpoint.root == log.head(HOME)[1].hex()
    assert [name for _, name in log.names(HOME)] == [NAME, f"{NAME}/2"]


def test_every_further_loss_gets_a_number_nobody_used(restored):
    begin(restored)
    signing.sign_village(HOME, TOMORROW)
    restore(2)
    at_the_database("DELETE FROM governance_eventbody")
    at_the_database("DELETE FROM governance_event")
    assert Log.objects.get().epoch == 1  # the backup is older than the second epoch
    assert begin(restored).number == 3
    assert signing.sign_village(HOME, TOMORROW).epoch == 3


def test_erasing_words_does_not_take_back_what_an_epoch_says(restored):
    begin(restored)
    EventBody.objects.all().delete()
    assert signing.opens(Epoch.objects.get(number=2))


def test_without_a_loss_there_is_nothing_to_say(world):
    with pytest.raises(Conflict, match="还没有签过"):
        begin(world)
    grow(5)
    signing.sign_village(HOME, NOON)
    grow(1)
    with pytest.raises(Conflict, match="没有丢"):
        begin(world)


def test_a_reason_is_asked_for(restored):
    with pytest.raises(Invalid, match="为什么"):
        begin(restored, " ")


def test_a_lost_memory_is_said_openly_too(world, settings):
    grow(5)
    signing.sign_village(HOME, NOON)
    shutil.rmtree(settings.LOG_SIGNED_DIR)
    begin(world, "签名用的文件夹丢了")
    assert signing.sign_village(HOME, TOMORROW).size == 6


@pytest.mark.parametrize(
    "change",
    ["ended = replace(ended, '5', '6')", "body = replace(body, '坏了', '好了')", "body = '{}'", "body = '['"],
)
def test_an_epoch_that_says_something_else_is_not_signed(restored, change):
    begin(restored)
    at_the_database(f"UPDATE transparency_epoch SET {change} WHERE number = 2")
    assert signing.sign_village(HOME, TOMORROW) is None
    assert "没有说明" in signing.problems().get().says


def test_an_operator_does_it_by_command(restored):
    out = StringIO()
    call_command("begin_epoch", "--village", HOME, "--why", "硬盘坏了", stdout=out)
    assert "从第3条起是第2个纪元" in out.getvalue()
    assert f"{NAME}/2\n4\n" in out.getvalue()
    with pytest.raises(CommandError, match="没有丢"):
        call_command("begin_epoch", "--village", HOME, "--why", "再来一次")
    with pytest.raises(CommandError, match="没有代码"):
        call_command("begin_epoch", "--village", "1", "--why", "x")
