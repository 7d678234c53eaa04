from contextlib import suppress
from hashlib import sha256
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile, PngImagePlugin

from governance import uploads
from governance.refusals import Invalid
from governance.uploads import clean

PLACE = 0x8825  # the EXIF directory that says where a photo was taken
ORIENTATION = 0x0112
PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"


def picture(size=(40, 20), mode="RGB", colour="red", image_format="JPEG", **options) -> bytes:
    target = BytesIO()
    Image.new(mode, size, colour).save(target, image_format, **options)
    return target.getvalue()


def exif(**tags) -> Image.Exif:
    data = Image.Exif()
    data[ORIENTATION] = tags.get("orientation", 1)
    data[0x010F] = "SecretCamera"
    data.get_ifd(PLACE).update({1: "N", 2: (30.0, 54.0, 1.0)})
    return data


def opened(upload: uploads.Upload) -> Image.Image:
    return Image.open(BytesIO(upload.content))


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_a_photo_of_each_kind_is_kept_as_jpeg_with_its_digest(image_format):
    upload = clean(BytesIO(picture(image_format=image_format)))
    assert upload.media_type == "image/jpeg"
    assert upload.sha256 == sha256(upload.content).hexdigest()
    assert (opened(upload).format, opened(upload).size) == ("JPEG", (40, 20))


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_where_a_photo_was_taken_is_not_kept(image_format):
    sent = picture(image_format=image_format, exif=exif())
    assert Image.open(BytesIO(sent)).getexif().get_ifd(PLACE)
    upload = clean(BytesIO(sent))
    assert not opened(upload).getexif()
    assert b"SecretCamera" not in upload.content
    assert b"Exif" not in upload.content


def test_comments_and_colour_profiles_are_not_kept():
    sent = picture(comment="secret words", icc_profile=b"secret profile", xmp=b"secret xmp")
    assert sent.count(b"secret") == 3
    assert b"secret" not in clean(BytesIO(sent)).content
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "secret")
    assert b"secret" not in clean(BytesIO(picture(image_format="PNG", pnginfo=words))).content


def test_what_hangs_behind_the_picture_is_not_kept():
    assert b"secret" not in clean(BytesIO(picture() + b"<script>secret</script>")).content


def test_a_photo_taken_sideways_stands_upright():
    assert opened(clean(BytesIO(picture((40, 20), exif=exif(orientation=6))))).size == (20, 40)


def test_a_large_photo_is_made_smaller_in_its_own_proportion():
    assert opened(clean(BytesIO(picture((4096, 1024))))).size == (2048, 512)
    assert opened(clean(BytesIO(picture((1024, 4096), exif=exif(orientation=6))))).size == (2048, 512)


@pytest.mark.parametrize(("mode", "colour"), [("RGBA", (0, 0, 0, 0)), ("LA", (0, 0)), ("L", 255), ("1", 1)])
def test_what_is_clear_in_a_picture_becomes_white_paper(mode, colour):
    upload = clean(BytesIO(picture(mode=mode, colour=colour, image_format="PNG")))
    assert opened(upload).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(("mode", "image_format"), [("P", "PNG"), ("I;16", "PNG"), ("CMYK", "JPEG")])
def test_rarer_kinds_of_pixels_are_taken(mode, image_format):
    sent = picture(mode=mode, colour=0, image_format=image_format)
    assert clean(BytesIO(sent)).media_type == "image/jpeg"


def test_a_pdf_is_kept_byte_by_byte():
    assert clean(BytesIO(PDF)) == (PDF, "application/pdf", sha256(PDF).hexdigest())


def test_a_pdf_that_broke_off_is_to_be_sent_again():
    with pytest.raises(Invalid, match="没有传完整"):
        clean(BytesIO(PDF[:20]))


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"MZ\x90", b"GIF89a", b"PK\x03\x04", b"<html>%PDF-"],
)
def test_another_kind_of_file_is_refused_whatever_its_name(data):
    with pytest.raises(Invalid, match="不是照片"):
        clean(BytesIO(data))


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_a_photo_that_broke_off_is_to_be_sent_again(image_format, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint leaves it
    whole = picture((400, 400), image_format=image_format)
    with pytest.raises(Invalid, match="打不开"):
        clean(BytesIO(whole[: len(whole) // 2]))


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # Pillow's remarks on damaged EXIF data
@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_photo_is_cleaned_or_refused_but_never_an_error(data):
    image_format = data.draw(st.sampled_from(["JPEG", "PNG", "WEBP"]))
    sent = bytearray(picture(image_format=image_format, exif=exif()))
    for at in data.draw(st.lists(st.integers(0, len(sent) - 1), min_size=1, max_size=4)):
        sent[at] = data.draw(st.integers(0, 255))
    with suppress(Invalid):
        assert clean(BytesIO(bytes(sent))).media_type == "image/jpeg"


def test_a_file_over_the_limit_is_refused_before_it_is_opened(monkeypatch):
    monkeypatch.setattr(uploads, "MAX_BYTES", 2 * 1024**2)
    with pytest.raises(Invalid, match="超过2MB"):
        clean(BytesIO(b"%PDF-" + bytes(2 * 1024**2)))


@pytest.mark.parametrize("side", [7300, 9600, 14000])
def test_a_small_file_with_huge_dimensions_is_refused(side):
    with pytest.raises(Invalid, match="尺寸太大"):
        clean(BytesIO(picture((side, side), mode="1", colour=0, image_format="PNG")))
