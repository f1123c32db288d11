"""The addresses of the Pretend page and of the demo's shop."""

from __future__ import annotations

from django.urls import path

from . import calling, contact, handset, provider, shop, views

urlpatterns = [
    path("pretend", views.pretend),
    path("pretend/", views.pretend),
    path("pretend/mailbox", views.box),
    path("pretend/letters", views.letters),
    path("pretend/mails/<slug:folder>/<slug:name>/html", views.html),
    path("pretend/call", calling.telephone),
    path("pretend/call/rings", calling.rings),
    path("pretend/call/rings/<slug:ring>", calling.said),
    path("pretend/texts", handset.handset),
    path("pretend/texts/bubbles", handset.bubbles),
    path("pretend/texts/sending", handset.sending),
    path("pretend/texts/<slug:sid>/<slug:name>", handset.picture),
    path("demo/network/2010-04-01/Accounts/<slug:account>/Messages.json", provider.messages),
    path("demo/network/2010-04-01/Accounts/<slug:account>/IncomingPhoneNumbers.json", provider.numbers),
    path("demo/network/2010-04-01/Accounts/<slug:account>/Messages/<slug:sid>/Media.json", provider.media_list),
    path("demo/network/2010-04-01/Accounts/<slug:account>/Messages/<slug:sid>/Media/<slug:name>", provider.media),
    path("demo/shop", shop.front),
    path("demo/shop/boots", shop.boots),
    path("demo/shop/cart", shop.cart),
    path("demo/shop/contact", contact.contact),
    path("demo/shop/session", shop.session),
    path("demo/shop/identity", shop.identity),
]
