"""The addresses of the API, version 1."""

from django.urls import path, register_converter

from reviews.api import appeals, assets, claims, documents, items, later, outcomes, predictions


class ExternalId:
    """1 to 200 printable ASCII characters; sent percent-encoded, so that a slash is one of them."""

    regex = "[ -~]{1,200}"

    def to_python(self, value: str) -> str:
        """Take it as it was decoded."""
        return value

    def to_url(self, value: str) -> str:
        """Give it to be encoded."""
        return value


register_converter(ExternalId, "external")

urlpatterns = [
    path("projects/<slug:project>/items/", items.items, name="api-items"),
    path(
        "projects/<slug:project>/items/<external:external_id>/predictions/",
        predictions.predictions,
        name="api-predictions",
    ),
    path(
        "projects/<slug:project>/items/<external:external_id>/withdrawal/", items.withdrawal, name="api-item-withdrawal"
    ),
    path("projects/<slug:project>/items/<external:external_id>/appeals/", appeals.appeals, name="api-appeals"),
    path(
        "projects/<slug:project>/items/<external:external_id>/appeals/<uuid:appeal>/",
        appeals.appeal,
        name="api-appeal",
    ),
    path("projects/<slug:project>/items/<external:external_id>/", items.item, name="api-item"),
    path("projects/<slug:project>/predictions/", predictions.several, name="api-predictions-list"),
    path("items/<uuid:item>/", items.item_by_id, name="api-item-by-id"),
    path("projects/<slug:project>/assets/", assets.assets, name="api-assets"),
    path("projects/<slug:project>/queues/<slug:queue>/claims/", claims.queue_claims, name="api-queue-claims"),
    path(
        "projects/<slug:project>/tasks/<uuid:task>/acknowledgement/", claims.acknowledgement, name="api-acknowledgement"
    ),
    path("claims/", claims.claims, name="api-claims"),
    path("claims/<uuid:token>/", claims.claim, name="api-claim"),
    path("claims/<uuid:token>/opening/", claims.opening, name="api-opening"),
    path("claims/<uuid:token>/draft/", claims.draft, name="api-draft"),
    path("claims/<uuid:token>/decision/", claims.decision, name="api-decision"),
    path("decisions/<uuid:decision>/withdrawal/", claims.withdrawal, name="api-withdrawal"),
    path("projects/<slug:project>/outcomes/", outcomes.outcomes, name="api-outcomes"),
    path("projects/<slug:project>/decisions/", later.decisions, name="api-decisions"),
    path("projects/<slug:project>/ledger/", later.ledger, name="api-ledger"),
    path("schema/", documents.schema, name="api-schema"),
    path("docs/", documents.docs, name="api-docs"),
]
