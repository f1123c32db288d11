"""The address of a file that goes as an address. Webhooks are the edge's."""

from django.urls import path

from . import views

urlpatterns = [path("f/<slug:shared>", views.shared_file)]
