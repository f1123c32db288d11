"""What a transcriber is set up with."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _

from presszero.core.text import one_line

from ..models import Transcriber

_HOST = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")  # a host, and perhaps a port
_END = "/audio/transcriptions"


class TranscriberForm(forms.Form):
    """A key that is left empty stays as it is."""

    url = forms.CharField(max_length=300)
    model = forms.CharField(max_length=120)
    key = forms.CharField(max_length=400, required=False)
    forget_key = forms.BooleanField(required=False)
    voicemails = forms.BooleanField(required=False)
    calls = forms.BooleanField(required=False)

    def __init__(self, data: Any = None, *, row: Transcriber) -> None:
        self.row = row
        super().__init__(data, initial=as_kept(row))

    def clean_url(self) -> str:
        """Up to what stands before /audio/transcriptions, however much of it was pasted."""
        given = one_line(self.cleaned_data["url"], 300).rstrip("/").removesuffix(_END)
        parts = urlsplit(given if "//" in given else f"https://{given}")
        if parts.scheme not in ("http", "https") or not _HOST.fullmatch(parts.netloc) or parts.query:
            raise forms.ValidationError(_("An address of the web, such as https://api.openai.com/v1"))
        return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"

    def clean_model(self) -> str:
        return one_line(self.cleaned_data["model"], 120)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not given.get("voicemails") and not given.get("calls"):
            self.add_error("voicemails", _("Say what is written down, or stop it below."))
        return given

    def keep(self) -> None:
        """Writes what was cleaned. A key never goes to another address than the one it was entered for."""
        given, row = self.cleaned_data, self.row
        moved = urlsplit(row.url)[:2] != urlsplit(given["url"])[:2]
        if given["key"]:
            row.keep_key(given["key"].strip())
        elif given["forget_key"] or moved:
            row.keep_key("")
        row.url, row.model = given["url"], given["model"]
        row.voicemails, row.calls = given["voicemails"], given["calls"]
        row.trouble, row.trouble_since = "", None
        row.save()


def as_kept(row: Transcriber) -> dict[str, Any]:
    """What is kept and no secret."""
    return {"url": row.url, "model": row.model, "voicemails": row.voicemails, "calls": row.calls}
