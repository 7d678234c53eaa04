"""存证: a household proves its line offline, of other households it learns nothing, and one changed word is found."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from governance import receipt_file
from governance.events import last
from governance.receipt_file import NotToBeOpenedError, ReceiptError
from governance.verifying import verify
from tests.appeals.cases import Case
from tests.people import NOON
from tests.published import clock, entry, posted
from tests.transparency.logs import rewrite
from transparency import signing
from transparency.digest_tree import blind, opening
from transparency.receipts import NotSignedYetError

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(world):
    """The litter line of 王家户, posted and signed."""
    found = entry(posted(world), "litter")
    signing.sign_village(world.village.code, NOON)
    return found


@pytest.fixture
def vkeys(world) -> list[str]:
    return [each.vkey for each in signing.verifiers(f"lianping.example/{world.village.code}")]


def test_a_household_proves_its_line_without_the_database(line, vkeys, tmp_path, capsys):
    text = receipt_file.make(line.event, line)
    found = receipt_file.check(text, vkeys)
    assert found["columns"]["raw_tenths"] == line.raw_tenths == -20
    assert found["body"]["name"] == "round.published"
    path = tmp_path / "存证.json"
    path.write_text(text, encoding="utf-8")
    call_command("verify_receipt", str(path), vkey=vkeys)
    assert "存证是真的" in capsys.readouterr().out


def test_it_tells_nothing_of_another_household(world, line):
    text = receipt_file.make(line.event, line)
    salt = bytes(line.event.body.salt)
    assert salt.hex() not in text
    others = [name for name in line.event.digests if name != f"governance_entry:{line.key}"]
    assert len(others) > 5
    for name in others:
        assert name not in text
        assert line.event.digests[name] not in text
        assert blind(salt, name).hex() not in text
    assert opening(salt) != salt


@pytest.mark.parametrize(
    ("where", "to", "says"),
    [
        (("row", "columns", "raw_tenths"), 20, "被改过"),
        (("row", "version"), 9, "被改过"),
        (("tree", "name"), "governance_entry:x", "没有存证里的这一行"),
        (("tree", "index"), lambda index: 1 - min(index, 1), "没有存证里的这一行"),
        (("opening", "body", "name"), "x", "对不上"),
        (("opening", "salt"), "00" * 32, "对不上"),
    ],
)
def test_one_change_is_found(line, vkeys, where, to, says):
    found = json.loads(receipt_file.make(line.event, line))
    inner = found
    for name in where[:-1]:
        inner = inner[name]
    to = to(inner[where[-1]]) if callable(to) else to
    assert inner[where[-1]] != to
    inner[where[-1]] = to
    with pytest.raises(ReceiptError, match=says):
        receipt_file.check(json.dumps(found), vkeys)


def test_another_key_or_no_receipt_at_all_is_told(line, tmp_path):
    text = receipt_file.make(line.event, line)
    other = signing.verifiers("somebody.else/990101103205")[0].vkey
    with pytest.raises(ReceiptError, match="签名不对"):
        receipt_file.check(text, [other])
    for wrong in ("", "{}", "[]", "x"):
        with pytest.raises(ReceiptError, match="不是存证文件"):
            receipt_file.check(wrong, [])
    with pytest.raises(CommandError, match="打不开"):
        call_command("verify_receipt", str(tmp_path / "none"), vkey=["x"])


def test_before_it_is_signed_there_is_none(world):
    found = entry(posted(world), "litter")
    with pytest.raises(NotSignedYetError):
        receipt_file.make(found.event, found)


def test_a_row_the_event_does_not_name_gets_none(world, line):
    with pytest.raises(NotToBeOpenedError):
        receipt_file.make(line.event, world.wang_home)


def test_the_log_still_verifies(world, line):
    tables = {each.table for each in verify(world.village).breaks}
    assert "governance_event" not in tables
    assert "governance_eventbody" not in tables


# -- the pages -----------------------------------------------------------------------------------------------


def test_the_household_downloads_it_and_nobody_else(client, world, line, vkeys):
    address = reverse("my_receipt", args=[line.key])
    with clock():
        client.force_login(world.wang)
        assert address in client.get(reverse("my_line", args=[line.key])).content.decode()
        answer = client.get(address)
        assert "attachment" in answer["Content-Disposition"]
        assert receipt_file.check(answer.content.decode(), vkeys)["columns"]["key"] == str(line.key)
        world.liu_home.members.filter(is_head=True).update(user=world.stranger)
        for user in (world.stranger, world.clerk, world.supervisor):
            client.force_login(user)
            assert client.get(address).status_code in (302, 404)


def test_before_it_is_signed_the_page_says_when_to_come_back(client, world):
    found = entry(posted(world), "litter")
    with clock():
        client.force_login(world.wang)
        answer = client.get(reverse("my_receipt", args=[found.key]))
    assert "请明天再来下载" in answer.content.decode()


def test_erased_words_close_the_receipt(client, world, line):
    line.event.body.delete()
    with clock():
        client.force_login(world.wang)
        answer = client.get(reverse("my_receipt", args=[line.key]))
    assert "这一条不能给存证" in answer.content.decode()


def test_a_log_that_was_rewritten_gives_no_receipt(client, world, line):
    rewrite(3, world.village.code)
    with clock():
        client.force_login(world.wang)
        answer = client.get(reverse("my_receipt", args=[line.key]))
    assert answer.status_code == 409
    assert "请告诉村务监督委员会" in answer.content.decode()


def test_an_objection_is_proved_in_the_household_s_own_words(client, world, vkeys):
    case = Case(world, posted(world), NOON)
    case.file("litter")
    signing.sign_village(world.village.code, NOON)
    with clock():
        client.force_login(world.wang)
        answer = client.get(reverse("my_case_receipt", args=[case.row.key]))
    found = receipt_file.check(answer.content.decode(), vkeys)
    assert found["body"]["name"] == "objection.filed"
    assert found["columns"]["number"] == case.row.number
    assert json.loads(answer.content)["said"]["text"] == found["said"]["text"] == case.row.text


@pytest.fixture
def filed(world) -> dict:
    """The receipt of an objection, taken apart."""
    case = Case(world, posted(world), NOON)
    case.file("litter")
    signing.sign_village(world.village.code, NOON)
    return json.loads(receipt_file.make(last(case.row, "objection.filed"), case.row))


@pytest.mark.parametrize("said", [{"text": "另外的话"}, {}, {"text": None}])
def test_one_word_changed_in_the_household_s_own_words_is_found(filed, vkeys, said):
    with pytest.raises(ReceiptError, match="写的话被改过"):
        receipt_file.check(json.dumps(filed | {"said": said}), vkeys)


def test_words_put_into_a_receipt_that_has_none_are_found(line, vkeys):
    found = json.loads(receipt_file.make(line.event, line))
    assert found["said"] == {}
    with pytest.raises(ReceiptError, match="写的话被改过"):
        receipt_file.check(json.dumps(found | {"said": {"text": "另外的话"}}), vkeys)


def test_proven_words_are_told_and_others_are_said_not_to_be(filed, vkeys, tmp_path, capsys, monkeypatch):
    path = tmp_path / "存证.json"
    path.write_text(json.dumps(filed), encoding="utf-8")
    call_command("verify_receipt", str(path), vkey=vkeys)
    assert "当时写的话也一字没改" in capsys.readouterr().out
    monkeypatch.setattr(receipt_file, "WORDS_HEX_BEFORE", 64)  # as a digest from before
    call_command("verify_receipt", str(path), vkey=vkeys)
    assert "证明不了" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("where", "to"),
    [
        (("opening", "salt"), "00"), (("opening", "body"), {"a": 1.5}), (("opening", "body"), None),
        (("row", "columns"), {"a": 1.5}), (("row", "columns"), None), (("row", "columns"), [1]),
        (("proof",), 5), (("tree",), None), (("tree", "digest"), 5), (("tree", "blind"), "zz"),
        (("form",), "x"), (("form",), None), (("said",), 5), (("said",), {"text": "\ud800"}),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_refused_in_a_sentence(filed, vkeys, tmp_path, where, to):
    inner = filed
    for name in where[:-1]:
        inner = inner[name]
    inner[where[-1]] = to
    path = tmp_path / "存证.json"
    path.write_text(json.dumps(filed), encoding="utf-8")
    with pytest.raises(CommandError, match="存证"):
        call_command("verify_receipt", str(path), vkey=vkeys)


def test_a_file_nested_without_end_is_refused_in_a_sentence(vkeys):
    with pytest.raises(ReceiptError, match="不是存证文件"):
        receipt_file.check("[" * 100_000, vkeys)
