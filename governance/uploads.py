"""What somebody uploads as evidence or minutes, made safe to keep and to show (design 5, "Access").

The type is found by content, never by name. A photo is drawn anew as a JPEG: upright, at most 2048 pixels a
side, without place, camera or any other hidden data. A PDF is kept byte by byte; serve it as a download.
"""

from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageFile, ImageOps

from governance.refusals import Invalid

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 52_000_000  # what a 50-megapixel phone takes; more would fill the memory when opened
MAX_SIDE = 2048
_QUALITY = 85
_PDF_TAIL = 1024  # readers look for the end mark this far from the end
_BROKEN = (OSError, SyntaxError, ValueError, EOFError)  # what Pillow raises on damaged or cut files


class Upload(NamedTuple):
    """The bytes to keep, their media type, and their SHA-256 in hex."""

    content: bytes
    media_type: str
    sha256: str


def clean(stream: BinaryIO) -> Upload:
    """Read an uploaded file and return what may be kept of it; raise Invalid for anything else."""
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Invalid(f"这个文件超过{MAX_BYTES // 1024**2}MB，传不了。请把照片拍小一点，或者把文件分开传。")
    content, media_type = _pdf(data) if data.startswith(b"%PDF-") else _photo(data)
    return Upload(content, media_type, sha256(content).hexdigest())


class Kept(NamedTuple):
    """Where a file lies under MEDIA_ROOT, its media type, and its SHA-256 in hex: columns of the row about it."""

    stored_as: str
    media_type: str
    sha256: str

    @property
    def is_photo(self) -> bool:
        """A photo, else a PDF."""
        return self.media_type == "image/jpeg"


def keep(stream: BinaryIO, *, folder: str, field: str) -> Kept:
    """Clean an uploaded file and write it under a name that tells nothing. Raises Invalid on the form's `field`.

    Files are written before their rows: if the transaction fails, an unnamed file is left that nobody can
    reach, never a row without its file.
    """
    try:
        upload = clean(stream)
    except Invalid as error:
        raise Invalid(**{field: str(error)}) from error
    suffix = "pdf" if upload.media_type == "application/pdf" else "jpg"
    stored_as = default_storage.save(f"{folder}/{uuid4()}.{suffix}", ContentFile(upload.content))
    return Kept(stored_as, upload.media_type, upload.sha256)


def path_of(row) -> Path:
    """Where the file of a row lies; only views that checked who is looking read it."""
    return Path(default_storage.path(row.stored_as))


def _pdf(data: bytes) -> tuple[bytes, str]:
    if b"%%EOF" not in data[-_PDF_TAIL:]:
        raise Invalid("这个PDF没有传完整。请等信号好一点，再传一次。")
    return data, "application/pdf"


def _photo(data: bytes) -> tuple[bytes, str]:
    image_format = _sniffed(data)
    # A switch of the whole process, which WeasyPrint turns on when it is loaded: half a photo is no evidence.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        return _redrawn(Image.open(BytesIO(data), formats=[image_format])), "image/jpeg"
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except _BROKEN as error:
        raise Invalid("这张照片打不开，可能没有传完整。请再传一次，还不行就重新拍一张。") from error


def _sniffed(data: bytes) -> str:
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    raise Invalid("这个文件不是照片（JPG、PNG、WebP），也不是PDF，不能传。请拍一张照片，或者截图再传。")


def _redrawn(image: Image.Image) -> bytes:
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels()
    image.thumbnail((MAX_SIDE, MAX_SIDE))
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    # Only pixels go over to the new sheet: comments and other data that hang on the old image stay behind.
    sheet = Image.new("RGB", upright.size, "white")
    sheet.paste(upright, mask=upright)
    target = BytesIO()
    sheet.save(target, "JPEG", quality=_QUALITY)
    return target.getvalue()


def _too_many_pixels() -> Invalid:
    return Invalid("这张照片的尺寸太大，传不了。请在手机相机里把照片尺寸调小，重新拍一张。")
