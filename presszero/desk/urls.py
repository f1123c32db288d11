"""The desk's addresses. Nouns; what is done to them is the method's business."""

from __future__ import annotations

from django.urls import path

from .views import kit

urlpatterns = [
    path("ui", kit.kit),
]
