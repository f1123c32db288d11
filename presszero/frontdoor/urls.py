"""The front door's addresses."""

from __future__ import annotations

from .chat.urls import urlpatterns as chat
from .form.urls import urlpatterns as form
from .say.urls import urlpatterns as say

urlpatterns = [*chat, *form, *say]
