"""Addresses below a conversation that are about its customer."""

from django.urls import path

from inbox.views import blocking, customers, privacy

customer_patterns = [
    path("", customers.customer, name="customer"),
    path("vip/", customers.vip, name="customer_vip"),
    path("language/", customers.language, name="customer_language"),
    path("merge/", customers.merge, name="customer_merge"),
    path("unmerge/", customers.unmerge, name="customer_unmerge"),
    path("block/", blocking.block, name="customer_block"),
    path("unblock/", blocking.unblock, name="customer_unblock"),
    path("export/", privacy.export, name="customer_export"),
    path("erase/", privacy.erase, name="customer_erase"),
    path("notes/", customers.note, name="customer_note"),
    path("notes/<int:note_id>/", customers.note_change, name="customer_note_change"),
    path("notes/<int:note_id>/remove/", customers.note_remove, name="customer_note_remove"),
]
