"""Files on their way in: twenty megabytes together, and what is more is let go without being kept anywhere."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

MAX_BYTES = 20 * 1024 * 1024  # of all files together
MAX_FILES = 10
MAX_BODY = 45 * 1024 * 1024  # bytes of a request: so much is read through, so that the words in it can be kept


class Bounded(FileUploadHandler):
    """Passes files on to the next handler until they are too large together; then nothing more of them is kept."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.taken = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.taken += len(raw_data)
        if self.taken > MAX_BYTES:
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def bound(request: HttpRequest) -> Bounded:
    """To be called before anything of the body is read."""
    handler = Bounded(request)
    request.upload_handlers = [handler, *request.upload_handlers]
    return handler


def wrong_with(files: list[UploadedFile], handler: Bounded) -> str:
    """A sentence for whoever sent them; "" when they are fine."""
    if handler.taken > MAX_BYTES:
        return _("Together these files are larger than 20 MB. Nothing was sent yet: choose fewer or smaller ones.")
    if len(files) > MAX_FILES:
        return _("At most ten files at once. Nothing was sent yet: choose the ten that matter most.")
    return ""
