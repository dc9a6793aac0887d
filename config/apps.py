"""The admin of this project."""

from django.contrib.admin.apps import AdminConfig


class RecordAdminConfig(AdminConfig):
    default_site = "editing.site.RecordSite"
