"""The addresses of the loop's pages."""

from django.urls import path

from reviews import views

urlpatterns = [
    path("", views.home, name="home"),
    path("projects/<slug:project>/queues/<slug:queue>/work/", views.work, name="work"),
    path("claims/<uuid:token>/", views.claim, name="claim"),
    path("claims/<uuid:token>/decision/", views.decision, name="decision"),
    path("claims/<uuid:token>/draft/", views.draft, name="draft"),
    path("decisions/<uuid:decision>/withdrawal/", views.withdrawal, name="withdrawal"),
    path("projects/<slug:project>/items/", views.items, name="items"),
    path("projects/<slug:project>/items/<uuid:item>/", views.item, name="item"),
    path("projects/<slug:project>/items/<uuid:item>/routes/", views.routes, name="routes"),
    path("projects/<slug:project>/operations/", views.operations, name="operations"),
    path("projects/<slug:project>/claims/<uuid:token>/ending/", views.claim_ending, name="claim-ending"),
    path("projects/<slug:project>/switch/", views.switch, name="switch"),
    path("switch/", views.installation_switch, name="installation-switch"),
    path("projects/<slug:project>/trail/", views.trail, name="trail"),
    path("projects/<slug:project>/guideline/", views.guideline, name="guideline"),
    path("projects/<slug:project>/presentations/<uuid:token>/", views.presentation, name="presentation"),
    path("projects/<slug:project>/media/<str:sha256>/<slug:recipe>/", views.media, name="media"),
]
