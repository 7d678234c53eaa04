"""Static files under names that hold their content's hash, in a folder that releases share."""

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class ReleaseStatic(CompressedManifestStaticFilesStorage):
    """Which hash a name has now is a matter of each release: two of them serve side by side during an upgrade."""

    def __init__(self, *args, **kwargs):
        own = FileSystemStorage(location=settings.BASE_DIR / "var")
        super().__init__(*args, manifest_storage=own, **kwargs)
