"""Witnesses: one of the village supervision body, one of the township; on the database and over the web."""

import threading
from base64 import b64decode
from io import StringIO
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.management import CommandError, call_command
from django.core.wsgi import get_wsgi_application
from django.db import connections

from governance import epochs
from tests.transparency.logs import HOME, NAME, NOON, TOMORROW, at_the_database, grow, restore, rewrite
from transparency import receipts, signing, witness
from transparency.checkpoints import TreeHead, open_checkpoint
from transparency.models import Checkpoint, Cosignature
from transparency.notes import Signer, Verifier, sign_note
from transparency.witness import Witness

pytestmark = pytest.mark.django_db


def look(folder, *more) -> tuple[int, str]:
    """Run the command on the database: its exit status and what it says."""
    out = StringIO()
    try:
        call_command("witness", "--state", str(folder), "--village", HOME, "--local", *more, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def guard(tmp_path, settings):
    """村务监督委员会's folder, after a first look at five leaves; registered."""
    grow(5)
    signing.sign_village(HOME, NOON)
    folder = tmp_path / "guard"
    status, says = look(folder, "--name", "liuxi.example/guard")
    assert status == 0
    assert f"{NAME}：5条，这是第一次见证" in says
    settings.LOG_WITNESSES = [says.split("公钥：")[1].split("\n")[0]]
    return folder


def test_growth_is_cosigned_and_the_cosignature_stands_under_the_checkpoint(guard, settings):
    grow(4)
    signing.sign_village(HOME, TOMORROW)
    status, says = look(guard, "--submit")
    assert status == 0
    assert "9条，从上次见证的5条接得上" in says
    assert Cosignature.objects.get().witness == "liuxi.example/guard"
    message = receipts.signed(Checkpoint.objects.get(size=9))
    trusted = [*signing.verifiers(NAME), Verifier.from_vkey(settings.LOG_WITNESSES[0])]
    assert len(open_checkpoint(message, trusted)[1]) == 2
    assert look(guard, "--submit")[0] == 0
    assert Cosignature.objects.count() == 1


def test_the_witness_s_key_is_made_once_and_kept_to_itself(guard):
    key = guard / "witness.key"
    before = key.read_text()
    assert key.stat().st_mode & 0o777 == 0o600
    look(guard)
    assert key.read_text() == before


def resign() -> None:
    """Whoever has the database and the key also makes the signer forget."""
    signing.remembered()._path(HOME).unlink()
    at_the_database("DELETE FROM transparency_cosignature")
    at_the_database("DELETE FROM transparency_checkpoint")
    assert signing.sign_village(HOME, TOMORROW)


def test_history_rewritten_with_database_and_key_is_refused(guard):
    grow(4)
    rewrite(2)
    resign()
    status, says = look(guard)
    assert status == 1
    assert "和上次见证的5条接不上：以前的记录被改过" in says
    assert "—" not in says


def test_a_log_that_became_shorter_is_refused(guard):
    restore(3)
    resign()
    status, says = look(guard)
    assert (status, "上次有5条，现在只有3条" in says) == (1, True)


def test_two_logs_of_one_size_are_refused(guard):
    rewrite(4)
    resign()
    assert look(guard)[0] == 1


def test_a_refusal_changes_nothing_that_the_witness_remembers(guard):
    before = {path.name: path.read_bytes() for path in guard.iterdir()}
    rewrite(4)
    resign()
    look(guard)
    assert {path.name: path.read_bytes() for path in guard.iterdir()} == before


def test_a_checkpoint_under_another_key_is_refused_until_somebody_says_so(guard, settings):
    new = Signer("any", b"9" * 32)
    settings.LOG_SIGNING_KEY = new.text
    grow(1)
    signing.sign_village(HOME, TOMORROW)
    status, says = look(guard)
    assert (status, "签名不对" in says) == (1, True)
    assert look(guard, "--key", Signer(NAME, new.seed).verifier.vkey)[0] == 0
    assert look(guard)[0] == 0


def test_a_first_look_can_bring_the_key_from_the_posted_notice(tmp_path):
    grow(1)
    signing.sign_village(HOME, NOON)
    stranger = Signer(NAME, b"8" * 32).verifier.vkey
    status, says = look(tmp_path / "w", "--name", "zhen.example/w", "--key", stranger)
    assert (status, "签名不对" in says) == (1, True)
    assert look(tmp_path / "w", "--key", signing.verifiers(NAME)[0].vkey)[0] == 0


def begin_epoch(world, why="硬盘坏了，用了十一月三日的备份"):
    epochs.begin(village=world.village, why=why, at=TOMORROW)
    assert signing.sign_village(HOME, TOMORROW)


def test_a_new_epoch_is_told_and_cosigned_once_somebody_agreed(guard, world):
    restore(3)
    begin_epoch(world)
    status, says = look(guard)
    assert status == 1
    assert "日志开了新纪元：原来签到5条，现在从第3条接下去。说明：硬盘坏了，用了十一月三日的备份" in says
    assert look(guard, "--accept-epoch")[0] == 0
    grow(2, start=50)
    signing.sign_village(HOME, TOMORROW)
    assert look(guard)[0] == 0


def test_two_epochs_since_the_last_look_are_followed_one_by_one(guard, world):
    restore(4)
    begin_epoch(world, "第一次")
    grow(3, start=70)
    signing.sign_village(HOME, TOMORROW)
    restore(5)
    begin_epoch(world, "第二次")
    status, says = look(guard)
    assert (status, "说明：第一次；第二次" in says) == (1, True)
    assert look(guard, "--accept-epoch")[0] == 0


def test_what_was_seen_before_the_loss_must_still_be_there_in_the_new_epoch(guard, world):
    grow(4)
    signing.sign_village(HOME, NOON)
    restore(7)
    rewrite(2)
    begin_epoch(world)
    status, says = look(guard, "--accept-epoch")
    assert (status, "以前的记录被改过" in says) == (1, True)


def seen_otherwise(by: Signer) -> str:
    """A checkpoint of five leaves with a root that nobody saw."""
    return str(sign_note(TreeHead(NAME, 5, b"\x09" * 32).text, by))


def test_an_epoch_after_a_checkpoint_that_the_log_did_not_sign_is_refused(guard, world):
    restore(3)
    signing.remembered().keep(HOME, seen_otherwise(Signer(NAME, b"8" * 32)))
    begin_epoch(world)
    status, says = look(guard, "--accept-epoch")
    assert (status, "签名不对" in says) == (1, True)


def test_an_epoch_after_another_tree_of_the_size_that_was_seen_is_refused(guard, world, settings):
    restore(3)
    signing.remembered().keep(HOME, seen_otherwise(Signer(NAME, b64decode(settings.LOG_SIGNING_KEY))))
    begin_epoch(world)
    status, says = look(guard, "--accept-epoch")
    assert (status, "根却不一样" in says) == (1, True)


def test_an_epoch_whose_leaf_names_another_checkpoint_is_refused(guard, world):
    restore(3)
    begin_epoch(world)
    at_the_database(
        "UPDATE transparency_epoch SET body = replace(body, '\"size\":5', '\"size\":3') WHERE number = 2"
    )
    status, says = look(guard, "--accept-epoch")
    assert (status, "没有公开说明" in says) == (1, True)


@pytest.mark.parametrize("more", [[], ["--local", "--url", "http://127.0.0.1:1"]])
def test_where_to_look_is_said_once(tmp_path, more):
    with pytest.raises(CommandError, match="只能写一个"):
        call_command("witness", "--state", str(tmp_path), "--village", HOME, *more)


def test_a_log_that_was_never_signed_is_not_witnessed(tmp_path):
    grow(1)
    status, says = look(tmp_path, "--name", "a.example/w")
    assert (status, "还没有签过检查点" in says) == (1, True)


@pytest.mark.parametrize(("name", "says"), [("", "起个名字"), ("a b", "不能有空格和加号")])
def test_a_witness_needs_a_name(tmp_path, name, says):
    with pytest.raises(witness.WitnessRefused, match=says):
        Witness(tmp_path, name)


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        """Nothing on the screen of the tests."""


@pytest.fixture
def site(transactional_db, settings):
    """The site on a port of this machine."""
    settings.ALLOWED_HOSTS = ["*"]
    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=_Quiet)

    def serve():
        server.serve_forever()
        connections.close_all()

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def over(site, folder, *more) -> int:
    return witness.main(["--state", str(folder), "--village", HOME, "--url", site, *more])


@pytest.mark.postgres
def test_a_witness_elsewhere_does_it_all_over_the_web(site, tmp_path, settings, capsys):
    grow(5)
    signing.sign_village(HOME, NOON)
    assert over(site, tmp_path / "w", "--name", "zhen.example/w") == 0
    settings.LOG_WITNESSES = [Witness(tmp_path / "w").signer.verifier.vkey]
    grow(300)
    signing.sign_village(HOME, TOMORROW)
    assert over(site, tmp_path / "w", "--submit") == 0
    assert "305条，从上次见证的5条接得上" in capsys.readouterr().out
    assert Cosignature.objects.get().checkpoint.size == 305
    rewrite(100)
    resign()
    assert over(site, tmp_path / "w") == 1
    assert "以前的记录被改过" in capsys.readouterr().out
    assert over("http://127.0.0.1:9", tmp_path / "w") == over("file:///etc", tmp_path / "w") == 1
