"""Two releases share the folder of static files, and each goes on finding its own in it."""

import pytest

from config.static_storage import ReleaseStatic


@pytest.fixture
def release(settings, tmp_path):
    def of(name: str) -> ReleaseStatic:
        settings.BASE_DIR = tmp_path / name
        return ReleaseStatic(location=tmp_path / "shared", base_url="/static/")

    return of


def collected(storage: ReleaseStatic, **files: str) -> None:
    storage.hashed_files = files
    storage.save_manifest()


def test_a_newer_releases_files_take_nothing_from_the_older_one(release):
    collected(release("0.1.0"), gone="gone.1.css", same="same.1.css")
    collected(release("0.2.0"), same="same.2.css")
    assert [release("0.1.0").stored_name(name) for name in ("gone", "same")] == ["gone.1.css", "same.1.css"]
    assert release("0.2.0").stored_name("same") == "same.2.css"
