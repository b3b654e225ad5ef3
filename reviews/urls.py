"""The addresses of the loop's pages."""

from django.urls import path

from reviews import views

urlpatterns = [
    path("", views.home, name="home"),
    path("counts/", views.counts, name="counts"),
    path("settings/", views.settings, name="settings"),
    path("settings/keys/", views.keys, name="keys"),
    path("settings/single-keys/", views.single_keys, name="single-keys"),
    path("settings/hard-content/", views.veils, name="veils"),
    path("settings/theme/", views.theme, name="theme"),
    path("new-project/", views.new_project, name="new-project"),
    path("projects/<slug:project>/", views.project, name="project"),
    path("projects/<slug:project>/arrivals/", views.arrivals, name="arrivals"),
    path("projects/<slug:project>/tokens/", views.tokens, name="tokens"),
    path("projects/<slug:project>/tray/", views.tray, name="tray"),
    path("projects/<slug:project>/tray/columns/", views.columns, name="columns"),
    path("projects/<slug:project>/tray/emptying/", views.emptying, name="emptying"),
    path("projects/<slug:project>/threshold/", views.threshold, name="threshold"),
    path("projects/<slug:project>/queues/<slug:queue>/work/", views.work, name="work"),
    path("projects/<slug:project>/queues/<slug:queue>/claims/", views.claims, name="claims"),
    path("claims/<uuid:token>/renewal/", views.renewal, name="renewal"),
    path("claims/<uuid:token>/", views.claim, name="claim"),
    path("claims/<uuid:token>/decision/", views.decision, name="decision"),
    path("claims/<uuid:token>/draft/", views.draft, name="draft"),
    path("decisions/<uuid:decision>/withdrawal/", views.withdrawal, name="withdrawal"),
    path("projects/<slug:project>/queues/<slug:queue>/batch/", views.batch, name="batch"),
    path("batches/<uuid:batch>/", views.batch_held, name="batch-held"),
    path("batches/<uuid:batch>/openings/", views.batch_openings, name="batch-openings"),
    path("batches/<uuid:batch>/decisions/", views.batch_decisions, name="batch-decisions"),
    path("batches/<uuid:batch>/withdrawals/", views.batch_withdrawals, name="batch-withdrawals"),
    path("projects/<slug:project>/items/", views.items, name="items"),
    path("projects/<slug:project>/items/<uuid:item>/", views.item, name="item"),
    path("projects/<slug:project>/items/<uuid:item>/routes/", views.routes, name="routes"),
    path("projects/<slug:project>/presentations/<uuid:token>/", views.presentation, name="presentation"),
    path("projects/<slug:project>/media/<str:sha256>/<slug:recipe>/", views.media, name="media"),
]
