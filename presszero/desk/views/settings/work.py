"""Topics and own fields: a list, a form for one, and putting one away."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from presszero.conversations.models import Topic
from presszero.customers.models import OwnField
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role

from ...forms.work import OwnFieldForm, TopicForm
from .frame import kept, show

form_page = require_http_methods(["GET", "POST"])
post = require_http_methods(["POST"])


@needs(Role.LEAD)
@form_page
def topics(request: MemberAsked) -> HttpResponse:
    """GET /settings/topics; POST adds one."""
    form = TopicForm(request.POST or None, instance=Topic(merchant=request.merchant))
    if request.method == "POST" and form.is_valid():
        row = form.save()
        return kept(request, "topic.save", f"topic:{row.id}", {"name": row.name}, "/settings/topics")
    rows = Topic.objects.filter(merchant=request.merchant).order_by("retired_at", "name")
    return show(request, "topics", {"rows": rows, "form": form}, status=_status(form))


@needs(Role.LEAD)
@post
def topic_retirement(request: MemberAsked, topic_id: int) -> HttpResponse:
    """POST puts a topic away, or brings it back."""
    row = _row(request, Topic, topic_id)
    row.retired_at = None if row.retired_at else timezone.now()
    row.save(update_fields=["retired_at"])
    return kept(request, "topic.retire", f"topic:{row.id}", {"retired": bool(row.retired_at)}, "/settings/topics")


@needs(Role.LEAD)
def fields(request: MemberAsked) -> HttpResponse:
    """GET /settings/fields"""
    return show(request, "fields", {"rows": OwnField.objects.filter(merchant=request.merchant).order_by("about", "id")})


@needs(Role.LEAD)
@form_page
def field(request: MemberAsked, field_id: int = 0) -> HttpResponse:
    """GET and POST /settings/fields/7, or …/new"""
    row = _row(request, OwnField, field_id)
    form = OwnFieldForm(request.POST or None, instance=row, initial={"choices_text": "\n".join(row.choices)})
    if request.method == "POST" and form.is_valid():
        row = form.save()
        return kept(request, "own_field.save", f"own_field:{row.id}", {"label": row.label}, "/settings/fields")
    return show(request, "fields", {"form": form, "row": row}, "desk/settings/field.html", _status(form))


def _row(request: MemberAsked, model: Any, number: int) -> Any:
    if not number:
        return model(merchant=request.merchant)
    found = model.objects.filter(merchant=request.merchant, id=number).first()
    if found is None:
        raise Http404
    return found


def _status(form: Any) -> int:
    return 422 if form.is_bound else 200
