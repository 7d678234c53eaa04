"""The page of a village's log by HTTP: what is signed, and does a photographed notice agree with the log of today."""

import html
import re
from hashlib import sha256

import pytest
import segno
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance import epochs
from governance.models import Member, Subject
from tests.months import Month
from tests.people import NOON
from tests.published import clock, posted
from tests.transparency.logs import grow, restore, rewrite
from transparency import log, signing
from transparency.checkpoints import TreeHead
from transparency.models import Checkpoint, Cosignature
from transparency.notes import Signer, sign_note
from workflows.models import Publication
from workflows.notice_marks import checkpoint_of
from workflows.posted import qr


@pytest.fixture
def notice(world):
    """October's notice of 柳溪村, posted and signed."""
    posted(world)
    row = Publication.objects.get()
    signing.sign_village(world.village.code, NOON, row.log_size)
    return row


@pytest.fixture
def note(notice) -> str:
    """What its QR code says."""
    return checkpoint_of(notice).note


@pytest.fixture
def ask(client, world):
    """ask(text, size) as somebody who is not signed in: the words of the answer."""

    def asked(text=None, size="", village=None):
        query = {} if text is None else {"text": text, "size": size}
        with clock():
            response = client.get(reverse("public_log", args=[village or world.village.code]), query)
        assert response.status_code == 200
        return words(response)

    return asked


def words(response) -> str:
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", "", response.content.decode())))


def read(client, world, row):
    with clock():
        return client.get(reverse("notice", args=[world.village.code, row.year, row.number]))


def test_the_notice_carries_its_signed_checkpoint_byte_for_byte(client, world, notice, note):
    body = read(client, world, notice).content.decode()
    mark = checkpoint_of(notice)
    assert (mark.size, mark.root) == (notice.log_size, notice.log_root)
    assert qr(mark) in body
    code = segno.make(note.encode(), micro=False)
    assert re.search(r' d="([^"]+)"', qr(mark))[1] in code.svg_inline()
    assert note.startswith(f"lianping.example/{world.village.code}\n{notice.log_size}\n")
    assert 190 < len(note.encode()) < 230
    assert "请拍照保存，若有人事后改动记录，这串字符会对不上。" in body
    assert reverse("public_log", args=[world.village.code]) in body


def test_a_notice_not_signed_yet_says_so_and_is_not_kept_long(client, world):
    posted(world)
    response = read(client, world, Publication.objects.get())
    assert "签名还没好，过一分钟再打开打印" in words(response)
    assert 'class="lp-qr"' not in response.content.decode()
    assert "max-age=20" in response["Cache-Control"]


def test_a_notice_is_signed_right_after_it_is_posted(client, world, django_capture_on_commit_callbacks):
    month = Month(world, NOON).open()
    month.observe("sweep", world.wang_home, "sweep", fact="扫了路")
    month.to_review().review_all().send().sign()
    with django_capture_on_commit_callbacks(execute=True):
        month.publish()
    row = Publication.objects.get()
    assert checkpoint_of(row).size == row.log_size
    assert 'class="lp-qr"' in read(client, world, row).content.decode()


def test_two_notices_signed_at_once_share_the_later_signature(client, world):
    posted(world)
    row = Publication.objects.get()
    with clock():
        grow(3, world.village.code)
    signing.sign_village(world.village.code, NOON)
    assert checkpoint_of(row).size == row.log_size + 3
    assert f"二维码签的是到第{row.log_size + 3}条为止，这一张在里面" in words(read(client, world, row))


def test_a_root_edited_on_the_notice_is_told(client, world, notice):
    Publication.objects.update(log_root="0" * 64)
    assert "对不上，请告诉村务监督委员会" in words(read(client, world, notice))


def test_the_page_tells_what_is_signed_and_by_which_key(client, world, notice, ask):
    Cosignature.objects.create(
        checkpoint=checkpoint_of(notice), witness="qinghe.example", line="x", signed_at=NOON
    )
    said = ask()
    [key] = signing.verifiers(f"lianping.example/{world.village.code}")
    assert key.vkey in said
    assert notice.log_root in said
    assert "柳评公〔2026〕1号" in said
    assert "qinghe.example" in said
    assert "只能添，不能改" in said


def test_everybody_finds_the_page_from_the_board(client, world, notice):
    with clock():
        board = client.get(reverse("public_village", args=[world.village.code]))
    assert reverse("public_log", args=[world.village.code]) in board.content.decode()


def test_the_page_names_nobody(notice, ask, note):
    said = ask() + ask(note)
    names = [row.name for model in (Subject, Member) for row in model.objects.all()]
    assert [name for name in names if name in said] == []


def test_a_village_without_records_says_when_there_will_be_some(world, ask):
    assert "日志里还没有记录" in ask(village=world.elsewhere.code)
    assert "核对手里的公示" not in ask("abc", village=world.elsewhere.code)


def test_a_log_that_was_never_signed_says_so(world, ask):
    grow(2, world.village.code)
    assert "还没有签过" in ask()


def test_there_is_no_page_of_a_township_or_of_nothing(client, world):
    for code in (world.township.code, "000000000000", "x"):
        assert client.get(reverse("public_log", args=[code])).status_code == 404


def test_without_a_signing_key_the_page_still_opens(notice, ask, settings):
    settings.LOG_SIGNING_KEY = ""
    assert "还没有设签名的密钥" in ask()
    settings.LOG_SIGNING_KEY = "nonsense"
    assert "还没有设签名的密钥" in ask()


def test_a_signer_that_refuses_is_said_openly(world, notice, ask):
    rewrite(3, world.village.code)
    signing.sign_village(world.village.code, NOON)
    assert "已经停止签名" in ask()


def test_the_list_is_paged_in_a_constant_number_of_queries(client, world, notice):
    counts = [_queries(client, world)]
    for _ in range(30):
        grow(1, world.village.code)
        signing.sign_village(world.village.code, NOON)
    counts.append(_queries(client, world))
    assert counts[0] == counts[1]
    said = words(client.get(reverse("public_log", args=[world.village.code]), {"page": 2}))
    assert "第2页，共2页31条" in said


def _queries(client, world) -> int:
    with clock(), CaptureQueriesContext(connection) as seen:
        client.get(reverse("public_log", args=[world.village.code]))
    return len(seen)


# -- what is on the photo ------------------------------------------------------------------------------------


def test_what_the_code_says_fits(notice, note, ask):
    said = ask(note)
    assert "对得上" in said
    assert f"到第{notice.log_size}条为止的记录，今天还原样都在" in said
    assert "签名也是真的" in said
    assert "柳评公〔2026〕1号" in said


def test_it_fits_after_the_log_grew_and_was_signed_again(world, notice, note, ask):
    grow(400, world.village.code)
    signing.sign_village(world.village.code, NOON)
    said = ask(note)
    assert "对得上" in said
    assert f"最新签名的第{notice.log_size + 400}条是接着它往下记的" in said


@pytest.mark.parametrize(
    "changed",
    [
        lambda note: note.replace("\n", " "),
        lambda note: note.replace("\n", "\r\n"),
        lambda note: note.replace("\n", ""),
        lambda note: note.replace("\u2014", "--"),
        lambda note: note.replace("\u2014", "一"),
        lambda note: f"扫描结果：{note}复制",
        lambda note: note.replace("lianping.example", "Lianping.Example"),
        lambda note: "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in note),
        lambda note: "\ufeff" + "\u200b".join(note),
    ],
)
def test_phones_that_change_breaks_spaces_widths_and_dashes_do_no_harm(note, ask, changed):
    said = ask(changed(note))
    assert "签名也是真的" in said


def test_a_code_without_its_signature_is_compared_by_its_root(note, ask):
    said = ask(note.partition("\n\n")[0])
    assert "今天还原样都在" in said
    assert "没有签名，所以只核对了记录" in said


def test_the_printed_root_fits_in_groups_in_capitals_and_full_width(notice, ask):
    groups = " ".join(notice.log_root[i : i + 4] for i in range(0, 64, 4))
    wide = "".join(chr(ord(char) + 0xFEE0) for char in notice.log_root)
    printed = f"记录指纹 lianping.example/990101103205，到第{notice.log_size}条为止\n{groups}\n请拍照保存"
    for text in (
        groups,
        groups.upper(),
        wide,
        printed,
        groups.replace(" ", "\n"),
        f"{notice.log_size} {groups}",
    ):
        for size in ("", str(notice.log_size), f"第 {notice.log_size} 条", "９９９"):
            assert "今天还原样都在" in ask(text, size), (text, size)


def test_letters_that_look_like_digits_are_read_as_digits(notice, ask):
    assert "今天还原样都在" in ask(notice.log_root.replace("0", "O").replace("1", "l"))


def test_a_root_of_a_size_that_was_never_signed_needs_its_size(world, notice, ask):
    size = log.head(world.village.code)[0]
    grow(2, world.village.code)
    now = log.head(world.village.code)[1].hex()
    assert "还差到第几条" in ask(now)
    assert "今天还原样都在" in ask(now, str(size + 2))


def test_a_slip_of_the_pen_is_shown_and_not_called_a_forgery(notice, ask):
    wrong = ("1" if notice.log_root[9] != "1" else "2").join([notice.log_root[:9], notice.log_root[10:]])
    said = ask(wrong, str(notice.log_size))
    assert "多半是抄错了" in said
    assert "再看第3组" in said


def test_too_few_characters_are_counted(notice, ask):
    said = ask(notice.log_root[:-1], str(notice.log_size))
    assert "您填的有63个" in said
    assert "对不上" not in said.partition("这是什么")[0]
    assert "您填的有65个" in ask(f"{notice.log_root}1"[1:] + "7", str(notice.log_size))


def test_another_root_does_not_fit_and_it_is_said_what_to_do(notice, ask):
    said = ask("ab" * 32, str(notice.log_size))
    assert "算出来不是您手里的这串字符" in said
    assert "照片留好" in said
    assert "村务监督委员会" in said
    assert "青禾镇" in said


def test_more_records_than_there_are_do_not_fit(notice, ask):
    assert "今天的日志只签到第" in ask("ab" * 32, "99999")


def test_nobody_learns_how_much_is_not_signed_yet(client, world, notice, ask):
    there = log.head(world.village.code)[0] + 2
    before = client.get(reverse("public_log", args=[world.village.code])).content
    grow(2, world.village.code)
    assert client.get(reverse("public_log", args=[world.village.code])).content == before
    assert ask("ab" * 32, str(there)) == ask("ab" * 32, "99999").replace("99999", str(there))


def test_an_empty_log_fits_nothing(world, notice, ask):
    assert "今天还原样都在" not in ask(sha256(b"").hexdigest(), "0")
    empty = TreeHead(f"lianping.example/{world.village.code}", 0, sha256(b"").digest())
    assert "今天还原样都在" not in ask(empty.text)


def test_a_log_rewritten_afterwards_does_not_fit_the_photo(world, notice, note, ask):
    rewrite(3, world.village.code)
    said = ask(note)
    assert "您手里的签名是真的，说明记录被改过" in said
    assert "算出来不是您手里的这串字符" in ask(notice.log_root, str(notice.log_size))


def test_a_checkpoint_by_somebody_else_s_key_is_not_the_log_s(world, notice, ask):
    name = f"lianping.example/{world.village.code}"
    head = TreeHead(name, notice.log_size, b"x" * 32)
    assert "签名不是这个村的日志签的" in ask(str(sign_note(head.text, Signer.new(name))))


def test_a_wrong_signature_over_the_right_root_is_told_apart(world, notice, ask):
    name = f"lianping.example/{world.village.code}"
    head = TreeHead(name, notice.log_size, bytes.fromhex(notice.log_root))
    assert "签名那一行不对" in ask(str(sign_note(head.text, Signer.new(name))))


def test_the_notice_of_another_village_is_led_there(world, notice, ask):
    grow(2, world.elsewhere.code)
    other = signing.sign_village(world.elsewhere.code, NOON)
    said = ask(other.note)
    assert "这是别的村的" in said
    assert world.elsewhere.name in said


@pytest.mark.parametrize(
    "typed",
    ["你好", "https://lianping.example/v/990101103205/", "lianping.example/990101103205", "41", "—" * 50],
)
def test_what_is_no_such_text_is_answered_with_how_to_type(notice, ask, typed):
    said = ask(typed)
    assert "看不懂" in said
    assert "只有数字和a到f" in said


def test_nothing_typed_is_asked_for_again(notice, ask):
    assert "填在这里" in ask("")
    assert "太长了" in ask("a" * 5000)


def test_what_was_typed_comes_back_escaped(client, world, notice):
    response = client.get(reverse("public_log", args=[world.village.code]), {"text": "<script>1</script>"})
    assert "<script>1" not in response.content.decode()


def test_a_restore_that_was_declared_is_not_called_a_forgery(world, notice, ask):
    code, size = world.village.code, notice.log_size
    grow(5, code)
    note = signing.sign_village(code, NOON).note
    restore(size + 2, code)
    assert f"今天的日志只有{size + 2}条" in ask(note)
    epochs.begin(village=world.village, why="硬盘坏了，恢复前一天的备份", at=NOON)
    grow(5, code)
    signing.sign_village(code, NOON)
    said = ask(note)
    assert "现在的日志里没有了，原因公开说过" in said
    assert "第2段日志" in said
    assert Checkpoint.objects.filter(village=code, epoch=2).exists()
    assert "今天还原样都在" in ask(checkpoint_of(notice).note)
