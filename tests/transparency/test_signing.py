"""The signer: signs what continues what it signed, remembers it outside the database, and refuses the rest openly."""

import shutil
from datetime import timedelta

import pytest
from django.db import connection, transaction

from tests.transparency.logs import HOME, NAME, NOON, OTHER, TOMORROW, at_the_database, grow, restore, rewrite
from transparency import log, signing, tiles, verify
from transparency.checkpoints import open_checkpoint
from transparency.merkle import root
from transparency.models import Checkpoint, Log, SigningProblem, Tile
from transparency.notes import NoteError, Signer
from transparency.proofs import ProofError, consistency_proof, inclusion_proof

pytestmark = pytest.mark.django_db


def said() -> list[str]:
    return [problem.says for problem in signing.problems()]


def test_a_checkpoint_states_size_and_root_and_bears_the_log_s_signature():
    hashes = grow(5)
    checkpoint = signing.sign_village(HOME, NOON)
    head, [good] = open_checkpoint(checkpoint.note, signing.verifiers(NAME))
    assert (head.origin, head.size, head.root) == (NAME, 5, root(hashes))
    assert (good.name, checkpoint.root, checkpoint.signed_at) == (NAME, root(hashes).hex(), NOON)


def test_signing_twice_is_signing_once():
    grow(5)
    assert signing.sign_village(HOME, NOON) == signing.sign_village(HOME, TOMORROW)
    assert Checkpoint.objects.get().signed_at == NOON


def test_a_log_that_grew_is_signed_anew_and_begins_with_what_was_signed():
    hashes = grow(5)
    signing.sign_village(HOME, NOON)
    hashes += grow(300)[0:0] or [digest for _, digest in verify.leaf_hashes(HOME, 5)]
    assert signing.sign_village(HOME, TOMORROW).root == root(hashes).hex()
    assert tiles.consistency(HOME, 5, 305) == consistency_proof(hashes, 5, 305)


def test_a_notice_gets_a_checkpoint_of_its_own_size():
    hashes = grow(5)
    assert signing.sign_village(HOME, NOON, size=3).root == root(hashes[:3]).hex()
    assert signing.sign_village(HOME, NOON, size=2).size == 3  # what was signed is not signed smaller
    assert signing.sign_village(HOME, NOON).size == 5


def test_there_is_nothing_to_sign_in_an_empty_log():
    assert signing.sign_village(HOME, NOON) is None
    log.lock(HOME)
    assert signing.sign_village(HOME, NOON) is None
    assert said() == []


def test_one_leaf_changed_without_the_head_is_not_signed():
    grow(5)
    at_the_database("UPDATE transparency_leaf SET kind = 'x' WHERE seq = 2")
    assert signing.sign_village(HOME, NOON) is None
    assert said() == [f"{HOME}的记录和它自己的日志头对不上，日志被改过。"]


@pytest.mark.parametrize("size", [5, 300, 700])
def test_a_log_rewritten_to_fit_itself_is_not_signed(size, caplog):
    grow(size)
    signing.sign_village(HOME, NOON)
    grow(3)
    rewrite(2)
    assert verify.replay_log(HOME).root == log.head(HOME)[1]  # nothing inside the database gives it away
    assert signing.sign_village(HOME, TOMORROW) is None
    assert "日志被改过" in said()[0]
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert Checkpoint.objects.count() == 1


def test_an_older_backup_is_not_signed_as_if_nothing_had_happened():
    grow(9)
    signing.sign_village(HOME, NOON, size=4)
    signing.sign_village(HOME, NOON)
    restore(5)
    assert signing.sign_village(HOME, TOMORROW) is None
    assert "只有5条，签到过9条" in said()[0]
    grow(10, start=100)
    assert signing.sign_village(HOME, TOMORROW) is None
    assert "对不上" in said()[0]


def test_a_signer_that_lost_its_memory_says_so(settings):
    grow(5)
    signing.sign_village(HOME, NOON)
    shutil.rmtree(settings.LOG_SIGNED_DIR)
    assert signing.sign_village(HOME, NOON) is None
    assert "LOG_SIGNED_DIR" in said()[0]


def test_what_was_signed_and_not_kept_in_the_database_comes_back():
    grow(5)
    note = signing.sign_village(HOME, NOON).note
    restore(5)
    at_the_database("DELETE FROM transparency_checkpoint")
    assert signing.sign_village(HOME, TOMORROW).note == note


def test_trouble_is_told_once_and_closed_when_it_is_over(caplog, settings):
    grow(5)
    kept, settings.LOG_SIGNING_KEY = settings.LOG_SIGNING_KEY, "short"
    for minute in range(3):
        signing.sign_village(HOME, NOON + timedelta(minutes=minute))
    problem = SigningProblem.objects.get()
    assert (problem.since, problem.last_at) == (NOON, NOON + timedelta(minutes=2))
    assert len(caplog.records) == 1
    settings.LOG_SIGNING_KEY = kept
    assert [one.size for one in signing.sign_due(NOON)] == [5]
    assert (said(), SigningProblem.objects.get().solved_at) == ([], NOON)


def test_a_folder_that_cannot_be_written_is_trouble_too(settings, tmp_path):
    settings.LOG_SIGNED_DIR = tmp_path / "file"
    settings.LOG_SIGNED_DIR.write_text("not a folder")
    grow(1)
    assert signing.sign_village(HOME, NOON) is None
    assert len(said()) == 1


def test_every_log_that_grew_is_signed_once_a_day():
    grow(2)
    grow(2, OTHER)
    log.lock("990101103207")
    assert [one.village for one in signing.sign_due(NOON)] == [HOME, OTHER]
    grow(1)
    assert signing.unsigned() == {HOME: 1}
    assert signing.sign_due(NOON + timedelta(hours=11)) == []
    assert [one.village for one in signing.sign_due(NOON + timedelta(hours=12))] == [HOME]
    assert signing.unsigned() == {}


def test_one_log_in_trouble_does_not_keep_the_others_waiting():
    grow(2)
    grow(2, OTHER)
    at_the_database(f"UPDATE transparency_leaf SET kind = 'x' WHERE village = '{HOME}'")
    assert [one.village for one in signing.sign_due(NOON)] == [OTHER]


def test_while_one_key_replaces_another_both_sign(settings):
    old, new = (Signer("any", bytes([n]) * 32) for n in (1, 2))
    settings.LOG_SIGNING_KEY = f"{old.text}, {new.text}"
    grow(2)
    note = signing.sign_village(HOME, NOON).note
    for signer in (old, new):
        open_checkpoint(note, [Signer(NAME, signer.seed).verifier])


@pytest.mark.parametrize("key", ["", "YWJj", "PRIVATE+KEY+x", "!"])
def test_a_key_that_is_none_is_refused_without_repeating_it(settings, key):
    settings.LOG_SIGNING_KEY = key
    grow(1)
    assert signing.sign_village(HOME, NOON) is None
    assert len(said()) == 1
    assert key == "" or key not in said()[0].replace("PRIVATE+KEY+开头", "")


def test_a_log_keeps_its_name_when_the_setting_changes(settings):
    hashes = grow(2)
    settings.LOG_ORIGIN = "elsewhere.example"
    log.lock(HOME)
    assert Log.objects.get().origin == NAME
    assert verify.replay_log(HOME).root == root(hashes)


def test_tiles_give_the_proofs_that_the_leaves_give(monkeypatch):
    hashes = grow(1000)
    tiles.keep(HOME, 600)
    tiles.keep(HOME, 1000)
    assert [bytes(tile.root) for tile in Tile.objects.order_by("number")] == verify.replay_log(HOME).tiles
    for size in (1, 255, 256, 257, 512, 700, 1000):
        assert tiles.root_at(HOME, size) == root(hashes[:size])
        for index in {0, size // 2, size - 1}:
            assert tiles.inclusion(HOME, index, size) == inclusion_proof(hashes, index, size)
            assert tiles.consistency(HOME, index + 1, size) == consistency_proof(hashes, index + 1, size)
    Tile.objects.all().delete()
    assert tiles.inclusion(HOME, 3, 1000) == inclusion_proof(hashes, 3, 1000)
    with pytest.raises(ProofError):
        tiles.root_at(HOME, 1001)


@pytest.mark.postgres
def test_nothing_is_signed_before_it_is_committed(transactional_db):
    with transaction.atomic():
        grow(2)
        with pytest.raises(RuntimeError):
            signing.sign(HOME, NOON)
    assert signing.sign(HOME, NOON).size == 2


@pytest.mark.postgres
def test_many_signers_at_once_sign_one_line_of_growth(transactional_db):
    from tests.real_transactions import at_once

    grow(4)
    found = at_once([lambda n=n: signing.sign(HOME, NOON, n) for n in (4, 2, 3, 1)])
    assert {one.size for one in found if not isinstance(one, Exception)} <= {1, 2, 3, 4}
    assert not [one for one in found if isinstance(one, Exception)]
    assert connection.vendor == "postgresql"
    with pytest.raises(NoteError):
        open_checkpoint(found[0].note, [])
