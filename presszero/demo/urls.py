"""The Pretend page's addresses."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("pretend", views.pretend),
    path("pretend/", views.pretend),
    path("pretend/mailbox", views.box),
    path("pretend/letters", views.letters),
    path("pretend/mails/<slug:folder>/<slug:name>/html", views.html),
]
