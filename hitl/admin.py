"""Takes from the admin what other packages put there: it shows the house, and writes nothing."""

from django.contrib import admin
from django.contrib.auth.models import Group

admin.site.unregister(Group)
