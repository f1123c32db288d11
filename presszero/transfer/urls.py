"""Addresses of bringing in and taking out."""

from __future__ import annotations

from django.urls import path

from .views import exports, imports

urlpatterns = [
    path("settings/import", imports.start, name="import"),
    path("settings/import/new/<slug:source>", imports.new),
    path("settings/import/uploads", imports.uploads),
    path("settings/import/<int:job_id>", imports.one),
    path("settings/import/<int:job_id>/progress", imports.progress),
    path("settings/import/<int:job_id>/parts/<int:number>", imports.parts),
    path("settings/import/<int:job_id>/whole", imports.whole),
    path("settings/import/<int:job_id>/columns", imports.columns),
    path("settings/import/<int:job_id>/look", imports.look),
    path("settings/import/<int:job_id>/run", imports.run),
    path("settings/import/<int:job_id>/stop", imports.stop),
    path("settings/import/<int:job_id>/undo", imports.take_back),
    path("settings/import/<int:job_id>/file/removal", imports.file),
    path("settings/import/<int:job_id>/rejected.csv", imports.rejected),
    path("settings/export", exports.start, name="export"),
    path("settings/export/list", exports.listed),
    path("settings/export/files", exports.files),
    path("settings/export/<int:export_id>/revocation", exports.revocation),
    path("settings/export/<int:export_id>/file/<slug:signed>", exports.file),
]
