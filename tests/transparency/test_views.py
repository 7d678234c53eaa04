"""The log's pages for other programs: whatever is needed to check it, and nothing about anybody."""

import json
from base64 import b64decode

import pytest

from governance import epochs
from tests.transparency.logs import HOME, NAME, NOON, OTHER, TOMORROW, at_the_database, grow, restore
from transparency import log, receipts, signing
from transparency.checkpoints import TlogProof, open_checkpoint
from transparency.merkle import leaf_hash, root
from transparency.models import Cosignature
from transparency.notes import COSIGNATURE, Signer, Verifier, parse_note
from transparency.proofs import check_consistency

pytestmark = pytest.mark.django_db
WITNESS = Signer("zhen.example/w", b"5" * 32, COSIGNATURE)


@pytest.fixture
def hashes(settings):
    """Five leaves of which three are signed, and a witness that is registered."""
    settings.LOG_WITNESSES = [WITNESS.verifier.vkey]
    found = grow(5)
    signing.sign_village(HOME, NOON, size=3)
    return found


def get(client, page, status=200, village=HOME) -> str:
    answer = client.get(f"/log/{village}/{page}")
    assert answer.status_code == status, answer
    assert status == 404 or answer["Content-Type"] == "text/plain; charset=utf-8"
    return b"".join(answer).decode()


def test_a_stranger_checks_growth_with_nothing_but_these_pages(client, hashes):
    old, _ = open_checkpoint(
        get(client, "checkpoint"), [Verifier.from_vkey(get(client, "key").split("\n")[0])]
    )
    signing.sign_village(HOME, TOMORROW)
    new, _ = open_checkpoint(get(client, "checkpoint"), signing.verifiers(NAME))
    proof = [b64decode(line) for line in get(client, f"consistency?from={old.size}&to={new.size}").split()]
    check_consistency(old.size, old.root, new.size, new.root, proof)
    leaves = get(client, "leaves").encode().splitlines()
    assert root(map(leaf_hash, leaves)) == new.root
    assert get(client, "checkpoints/3") != get(client, "checkpoint") == get(client, "checkpoints/5")


def test_what_was_signed_is_listed(client, hashes):
    assert get(client, "checkpoints") == f"1 3 {root(hashes[:3]).hex()} 2026-11-16T12:00:00+08:00 0\n"


def test_a_receipt_is_checked_offline(client, hashes):
    proof = TlogProof.parse(get(client, "proof/2"))
    head, _ = proof.check(proof.extra, signing.verifiers(NAME))
    assert (head.size, json.loads(proof.extra)["seq"]) == (3, 2)


def test_a_leaf_nobody_signed_yet_has_no_receipt(client, hashes):
    get(client, "proof/3", 404)
    signing.sign_village(HOME, TOMORROW)
    assert "index 3" in get(client, "proof/3")
    get(client, "proof/3?size=3", 404)
    assert get(client, "proof/2?size=3") != get(client, "proof/2")


def test_a_leaf_that_was_changed_gets_no_receipt(client, hashes):
    at_the_database("UPDATE transparency_leaf SET kind = 'x' WHERE seq = 1")
    assert "another root" in get(client, "proof/1", 409)


def test_a_leaf_that_is_gone_is_not_passed_over(client, hashes):
    at_the_database("DELETE FROM transparency_leaf WHERE seq = 1")
    assert "not all there" in get(client, "consistency?from=1", 409)


def test_leaves_come_in_portions(client, hashes):
    lines = get(client, "leaves?from=1&to=3").splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [1, 2]
    assert set(json.loads(lines[0])) == {"commit", "kind", "log", "period", "seq", "v"}
    assert get(client, "leaves?from=9") == ""


def test_a_leaf_nobody_signed_yet_does_not_show(client, hashes):
    assert [json.loads(line)["seq"] for line in get(client, "leaves").splitlines()] == [0, 1, 2]
    assert get(client, "leaves?from=3") == get(client, "leaves?from=3&to=5") == ""
    assert get(client, "consistency?to=4", 400) == "0 <= from <= to <= 3\n"
    signing.sign_village(HOME, TOMORROW)
    assert len(get(client, "leaves").splitlines()) == 5


def test_an_epoch_not_signed_yet_shows_what_was_signed_before(client, hashes, world):
    signing.sign_village(HOME, TOMORROW)
    restore(3)
    epochs.begin(village=world.village, why="硬盘坏了", at=TOMORROW)
    assert len(get(client, "leaves").splitlines()) == 3


@pytest.mark.parametrize(
    ("page", "status"),
    [("checkpoints/4", 404), ("checkpoints/04", 404), ("checkpoints/99999999999999999999", 404), ("proof/-1", 404),
     ("proof/5", 404), ("proof/999999999999999999", 404), ("leaves?from=x", 404), ("leaves?to=-1", 404),
     ("consistency?from=4&to=3", 400), ("consistency?to=6", 400), ("checkpoint?epoch=2", 404), ("checkpoint?epoch=x", 404)],
)  # fmt: skip
def test_what_is_not_there_is_said(client, hashes, page, status):
    get(client, page, status)


@pytest.mark.parametrize(
    "page", ["key", "checkpoint", "checkpoints", "consistency", "leaves", "proof/0", "epochs"]
)
def test_a_village_without_a_log_has_no_pages(client, db, page):
    get(client, page, 404, OTHER)


def submit(client, line, size="3", **more):
    return client.post(f"/log/{HOME}/cosign", {"size": size, "line": line, **more})


def test_a_registered_witness_s_signature_is_kept(client, hashes):
    text = parse_note(get(client, "checkpoint")).text
    line = WITNESS.sign(text, 1_800_000_000).line()
    assert submit(client, line).status_code == 200
    assert submit(client, WITNESS.sign(text, 1_900_000_000).line()).status_code == 200
    assert Cosignature.objects.get().line == line
    assert get(client, "checkpoint").endswith(line)
    assert get(client, "checkpoints").endswith(" 1\n")
    assert line in get(client, "proof/0")


def test_a_receipt_prefers_the_checkpoint_that_somebody_else_saw(client, hashes):
    text = parse_note(get(client, "checkpoint")).text
    submit(client, WITNESS.sign(text, 1_800_000_000).line())
    signing.sign_village(HOME, TOMORROW)
    assert "\n3\n" in receipts.proof_for(HOME, 0)
    assert "\n5\n" in receipts.proof_for(HOME, 4)


@pytest.mark.parametrize("what", ["stranger", "other text", "late", "nothing", "size", "name", "no year"])
def test_what_is_not_a_registered_witness_s_signature_is_refused(client, hashes, what):
    text = parse_note(get(client, "checkpoint")).text
    good = WITNESS.sign(text, 1_800_000_000)
    line, size = {
        "stranger": (Signer(WITNESS.name, b"6" * 32, COSIGNATURE).sign(text, 1).line(), "3"),
        "other text": (WITNESS.sign("x\n", 1).line(), "3"),
        "late": (good._replace(value=(1).to_bytes(8, "big") + good.value[8:]).line(), "3"),
        "nothing": ("", "3"),
        "size": (good.line(), "4"),
        "name": (Signer("other.example/w", WITNESS.seed, COSIGNATURE).sign(text, 1).line(), "3"),
        "no year": (WITNESS.sign(text, 2**62).line(), "3"),
    }[what]
    assert submit(client, line, size).status_code == 422
    assert not Cosignature.objects.exists()


def test_a_registered_key_that_is_none_of_a_witness_keeps_nobody_out_of_the_rest(client, hashes, settings):
    settings.LOG_WITNESSES = [Signer("a.example/log", b"5" * 32).verifier.vkey]
    assert submit(client, "").status_code == 422
    get(client, "checkpoint")


def test_a_new_epoch_is_open_to_everybody(client, hashes, world):
    restore(2)
    epochs.begin(village=world.village, why="硬盘坏了", at=TOMORROW)
    signing.sign_village(HOME, TOMORROW)
    first, second = map(json.loads, get(client, "epochs").splitlines())
    assert (first["number"], first["ended"], second["starts"]) == (1, "", 2)
    assert json.loads(second["body"])["why"] == "硬盘坏了"
    assert get(client, "checkpoint").startswith(f"{NAME}/2\n3\n")
    get(client, "checkpoint?epoch=1", 404)  # the row went with the disk; the signer has it


def test_the_root_a_notice_must_show_is_computed_anew(hashes):
    assert receipts.root_at(HOME, 3) == root(hashes[:3])
    assert receipts.root_at(HOME, 6) is None
    assert receipts.root_at(HOME, 5) == log.head(HOME)[1]
