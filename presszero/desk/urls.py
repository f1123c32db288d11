"""The desk's addresses. Nouns; what is done to them is the method's business."""

from __future__ import annotations

from django.urls import path

from .views import arranging, conversation, customers, entries, kit, lists, presence, settling, writing

_C = "conversations/<int:number>"

urlpatterns = [
    path("", lists.start),
    path("ui", kit.kit),
    path("me/presence", presence.presence),
    path("search", lists.search),
    path("desk/counts", lists.counts),
    path("desk/<slug:name>", lists.view),
    path("desk/<slug:name>/rows", lists.rows),
    path(_C, conversation.conversation),
    path(f"{_C}/live", conversation.live),
    path(f"{_C}/colleagues", conversation.looking),
    path(f"{_C}/looking", settling.looking),
    path(f"{_C}/resolution", settling.resolution),
    path(f"{_C}/snooze", settling.snooze),
    path(f"{_C}/assignee", settling.assignee),
    path(f"{_C}/priority", settling.priority),
    path(f"{_C}/subject", settling.subject),
    path(f"{_C}/topic", settling.topic),
    path(f"{_C}/follower", settling.follower),
    path(f"{_C}/unread", settling.unread),
    path(f"{_C}/replies", writing.replies),
    path(f"{_C}/notes", writing.notes),
    path(f"{_C}/drafts/<slug:kind>", writing.draft),
    path(f"{_C}/uploads", writing.uploads),
    path(f"{_C}/macros", writing.macros),
    path(f"{_C}/macros/<int:macro_id>", writing.macro),
    path(f"{_C}/merge-candidates", arranging.merge_candidates),
    path(f"{_C}/merges", arranging.merges),
    path(f"{_C}/splits", arranging.splits),
    path("merges/<int:merge_id>", arranging.merge),
    path("splits/<int:target_id>", arranging.split),
    path("notes/<int:note_id>", writing.note),
    path("messages/<int:message_id>", writing.message),
    path("uploads/<str:token>", writing.upload),
    path("deliveries/<int:delivery_id>/tries", writing.tries),
    path("deliveries/<int:delivery_id>/arrival", writing.arrival),
    path("participants/<int:participant_id>/access", writing.access),
    path("entries/images/<str:token>", entries.image),
    path("entries/<int:entry_id>/folded", entries.folded),
    path("entries/<int:entry_id>/as-sent", entries.as_sent),
    path("entries/<int:entry_id>/html", entries.html),
    path("attachments/<str:token>", entries.attachment),
    path("customers/<int:number>", customers.customer),
    path("customers/<int:number>/panel", customers.panel),
    path("customers/<int:number>/fields", customers.fields),
    path("customers/<int:number>/notes", customers.notes),
    path("customers/<int:number>/handles", customers.handles),
    path("customers/<int:number>/consents", customers.consents),
    path("customers/<int:number>/merge-candidates", customers.merge_candidates),
    path("customers/<int:number>/merges", customers.merges),
    path("customer-notes/<int:note_id>", customers.note),
    path("customer-merges/<int:merge_id>", customers.merge),
]
