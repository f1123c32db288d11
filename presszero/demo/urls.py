"""The addresses of the Pretend page and of the demo's shop."""

from __future__ import annotations

from django.urls import path

from . import contact, shop, views

urlpatterns = [
    path("pretend", views.pretend),
    path("pretend/", views.pretend),
    path("pretend/mailbox", views.box),
    path("pretend/letters", views.letters),
    path("pretend/mails/<slug:folder>/<slug:name>/html", views.html),
    path("demo/shop", shop.front),
    path("demo/shop/boots", shop.boots),
    path("demo/shop/cart", shop.cart),
    path("demo/shop/contact", contact.contact),
    path("demo/shop/session", shop.session),
    path("demo/shop/identity", shop.identity),
]
