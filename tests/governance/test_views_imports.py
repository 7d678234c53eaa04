"""导入 by HTTP: the clerk sees every row first, then all of it goes in, or nothing."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from governance import deadlines, imports, roster_job
from governance.jobs import running
from governance.models import ImportBatch, Job, Rule, Rulebook, Subject
from governance.roster_file import RosterRow, write_rows
from governance.rulebook_file import RawRow
from governance.rulebook_file import write_rows as write_rules
from governance.spreadsheets import read_table

BOOKS = Path(__file__).parents[3] / "shared" / "rulebooks"
GOOD = RosterRow(2, "990101103205", "东片", "21号", "沈家户", "户", "沈木匠", rater="李党员")
BAD = RosterRow(3, "9901011032", "东片", "22号", "韩家户", "农户", "")


def file(content: bytes, name="户册.xlsx"):
    return SimpleUploadedFile(name, content)


def rules(*rows) -> bytes:
    out = BytesIO()
    write_rules(rows, out, "细则.xlsx")
    return out.getvalue()


@pytest.fixture
def desk(client, world):
    client.force_login(world.clerk)
    client.imports = reverse("imports", args=[world.village.code])
    return client


def upload(desk, kind, content, name="表.xlsx"):
    return desk.post(desk.imports, {"kind": kind, "file": file(content, name)})


@pytest.fixture
def save(desk, django_capture_on_commit_callbacks):
    """Press the button under a roster; the job is done when this returns: save(url) -> (answer, job)."""

    def press(url):
        with django_capture_on_commit_callbacks(execute=True):
            answer = desk.post(url)
        return answer, Job.objects.order_by("pk").last()

    return press


def test_the_clerk_sees_a_roster_row_by_row_and_then_saves_all_of_it(desk, world, save):
    page = desk.get(upload(desk, "roster", write_rows([GOOD])).url)
    assert "没问题" in page.text
    assert "全部存入" in page.text
    assert not Subject.objects.filter(door="21号").exists()
    saved, job = save(page.wsgi_request.path)
    assert saved.url == reverse("job", args=[job.key])
    assert job.leads_to == reverse("roster", args=[world.village.code])
    assert "户册存好了：新建1户，更新0户，0户没有变。" in desk.get(saved.url).text
    assert Subject.objects.get(village=world.village, door="21号").name == "沈家户"


def test_one_wrong_row_keeps_the_whole_roster_out(desk, world):
    page = desk.get(upload(desk, "roster", write_rows([GOOD, BAD])).url)
    assert "第3行" in page.text
    assert "只能写户、商户、企业" in page.text
    assert "disabled" in page.text
    refused = desk.post(page.wsgi_request.path)
    assert refused.status_code == 422
    assert not Subject.objects.filter(door="21号").exists()


def test_the_marked_table_says_beside_each_row_what_to_mend(desk):
    batch = upload(desk, "roster", write_rows([GOOD, BAD])).url
    table = read_table(desk.get(f"{batch}marked/").content)
    assert table[0][-1] == "怎么改"
    assert table[1][-1] == ""
    assert "只能写户、商户、企业" in table[2][-1]


@pytest.mark.parametrize("kind", ["roster", "rulebook"])
def test_the_empty_table_can_be_filled_in_and_has_all_columns(desk, world, kind):
    answer = desk.get(reverse("import_form", args=[world.village.code, kind]))
    assert answer["Content-Disposition"].startswith("attachment")
    assert len(read_table(answer.content)) == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "空的"), (b"\x00\x01\x02", "不是XLSX或CSV"), ("姓名\n王".encode(), "要有栏名")],
)
def test_what_is_no_roster_is_told_beside_the_field(desk, content, sentence):
    answer = upload(desk, "roster", content)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not ImportBatch.objects.exists()


def test_petitioning_is_shown_with_its_ground_and_stays_out_until_the_clerk_leaves_it_out(desk, world):
    content = rules(
        RawRow(1, category="社会公德", item="打扫门前公共路面", points="+1", evidence="照片"),
        RawRow(2, category="社会公德", item="越级上访的", points="-20"),
    )
    url = upload(desk, "rulebook", content).url
    page = desk.get(url)
    assert "不能记分的，1行" in page.text
    assert "《信访工作条例》第十八条" in page.text
    stopped = desk.post(url, {"title": "新细则", "base": "100"})
    assert stopped.status_code == 403
    assert not Rulebook.objects.filter(state="draft").exists()
    saved = desk.post(url, {"title": "新细则", "base": "100", "skip_refused": "on"})
    draft = Rulebook.objects.get(state="draft")
    assert saved.url == reverse("rulebook", args=[draft.key])
    assert [rule.text for rule in draft.rules.all()] == ["打扫门前公共路面"]


def test_a_rulebook_with_another_base_keeps_it(desk):
    url = upload(desk, "rulebook", rules(RawRow(1, item="打扫门前公共路面", points="+1"))).url
    assert desk.post(url, {"title": "", "base": "一百"}).status_code == 422
    desk.post(url, {"title": "新细则", "base": "1000"})
    assert Rulebook.objects.get(state="draft").base_tenths == 10_000


def test_a_roster_saved_before_its_worker_died_is_not_saved_again(desk, world):
    upload(desk, "roster", write_rows([GOOD]))
    batch = ImportBatch.objects.get()
    job = roster_job.start(batch=batch, by=world.clerk, at=timezone.now())
    dead = running.advance(running.claim(job.key, timezone.now()))
    assert next(dead).total == 2
    imports.save_roster(batch=batch, by=world.clerk, at=timezone.now())
    assert list(running.advance(running.claim(job.key, timezone.now() + timedelta(minutes=2))))
    job.refresh_from_db()
    assert (job.state, job.says) == ("done", "户册存好了。")
    assert Subject.objects.filter(door="21号").count() == 1


def test_a_roster_dropped_before_its_worker_came_says_so(desk, world):
    upload(desk, "roster", write_rows([GOOD]))
    batch = ImportBatch.objects.get()
    job = roster_job.start(batch=batch, by=world.clerk, at=timezone.now())
    imports.drop(batch=batch, by=world.clerk, at=timezone.now())
    running.run(job.key, is_beating=False)
    job.refresh_from_db()
    assert (job.state, job.says) == ("failed", "这张表已经删掉了，一行也没存。要存，请再传一次。")


def test_two_posts_of_one_roster_are_one_job(desk, world):
    url = upload(desk, "roster", write_rows([GOOD])).url
    assert desk.post(url).url == desk.post(url).url
    assert Job.objects.count() == 1


def test_who_posts_a_saved_file_again_reads_when_it_was_saved(desk, save):
    url = upload(desk, "roster", write_rows([GOOD])).url
    save(url)
    again = desk.post(url)
    assert again.status_code == 409
    assert "已经存好了" in again.text
    assert Subject.objects.filter(door="21号").count() == 1
    assert ImportBatch.objects.get().content == ""


def test_a_file_that_is_not_wanted_goes_at_once_and_nothing_of_it_stays(desk):
    url = upload(desk, "roster", write_rows([GOOD])).url
    desk.post(f"{url}drop/")
    assert not ImportBatch.objects.exists()
    assert desk.get(url).status_code == 404


def test_a_file_nobody_saves_is_deleted_after_seven_days(desk):
    upload(desk, "roster", write_rows([GOOD]))
    deadlines.fire_due(timezone.now() + timedelta(days=6))
    assert ImportBatch.objects.exists()
    deadlines.fire_due(timezone.now() + timedelta(days=7, minutes=1))
    assert not ImportBatch.objects.exists()


def test_the_uploaded_names_do_not_stand_in_the_database_in_the_clear(desk, django_db_blocker):
    upload(desk, "roster", write_rows([GOOD], as_csv=True))
    sealed = ImportBatch.objects.values_list("content", flat=True).get()
    assert "沈木匠".encode() not in bytes(sealed)


def test_the_page_lists_what_waits_and_says_so_when_nothing_does(desk):
    assert "没有等着存的表" in desk.get(desk.imports).text
    upload(desk, "roster", write_rows([GOOD]), "柳溪村户册.xlsx")
    assert "柳溪村户册.xlsx" in desk.get(desk.imports).text


def test_nobody_but_the_clerk_of_the_village_comes_near_a_file(client, desk, world):
    url = upload(desk, "roster", write_rows([GOOD])).url
    for user, status in ((world.li, 403), (world.stranger, 404), (world.elsewhere_clerk, 404)):
        client.force_login(user)
        assert client.get(desk.imports).status_code == status
        for each in (url, f"{url}marked/"):
            assert client.get(each).status_code == 404
        assert client.post(url).status_code == 404
        assert client.post(f"{url}drop/").status_code == 404
    client.logout()
    assert client.get(url).status_code == 302
    assert ImportBatch.objects.count() == 1


@pytest.mark.skipif(not BOOKS.exists(), reason="the shared rulebooks are not beside the project")
def test_each_row_of_a_real_rulebook_is_accounted_for(desk):
    content = (BOOKS / "wendeng_rural_2020.csv").read_bytes()
    url = upload(desk, "rulebook", content, "wendeng.csv").url
    assert "228行" in desk.get(url).text
    desk.post(url, {"title": "农村居民", "base": "1000", "skip_refused": "on"})
    draft = Rulebook.objects.get(state="draft")
    assert 0 < Rule.objects.filter(rulebook=draft).count() < 228
