"""Every address this project answers."""

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.contrib import admin
from django.urls import include, path
from rest_framework.routers import SimpleRouter

from api.changes import ChangeViewSet, CorrectionViewSet
from api.health import Healthz, Readyz
from api.openapi.views import Docs, Redoc, SchemaView
from api.root import RootView
from api.vocabularies import VocabularyViewSet
from pages import views as pages
from strikes.api.capacity_offline import CapacityOfflineView
from strikes.api.strike_stats import StrikeStatsView
from strikes.api.views import claims, numbers, places, propositions, sources, strikes

router = SimpleRouter()
router.register("regions", places.RegionViewSet, basename="regions")
router.register("sources", sources.SourceViewSet, basename="sources")
router.register("reports", sources.ReportViewSet, basename="reports")
router.register("actors", sources.ActorViewSet, basename="actors")
router.register("facilities", places.FacilityViewSet, basename="facilities")
router.register("units", places.UnitViewSet, basename="units")
router.register("capacities", numbers.CapacityViewSet, basename="capacities")
router.register("strikes", strikes.StrikeViewSet, basename="strikes")
router.register("propositions", propositions.PropositionViewSet, basename="propositions")
router.register("claims", claims.ClaimViewSet, basename="claims")
router.register("damage-estimates", numbers.DamageEstimateViewSet, basename="damage-estimates")
router.register("weapon-counts", numbers.WeaponCountViewSet, basename="weapon-counts")
router.register("evidence", sources.EvidenceViewSet, basename="evidence")
router.register("assessments", propositions.AssessmentViewSet, basename="assessments")
router.register("vocabularies", VocabularyViewSet, basename="vocabularies")

collections = [prefix for prefix, _, _ in router.registry]
feeds = {"changes": ChangeViewSet, "corrections": CorrectionViewSet}
beside = [*feeds, "stats/strikes", "stats/capacity-offline"]

# Redoc writes its styles into the page and searches in a worker that it makes itself (decisions.md D23).
relaxed = csp_update({"style-src": [UNSAFE_INLINE], "worker-src": ["blob:"]})

urlpatterns = [
    path("", pages.Landing.as_view(), name="landing"),
    path("codebook/", pages.Codebook.as_view(), name="codebook"),
    path("api/v1/", RootView.as_view(names=[*collections, *beside]), name="root"),
    path("api/v1/", include(router.urls)),
    *(
        path(f"api/v1/{name}/", feed.as_view({"get": "list"}, basename=name), name=name)
        for name, feed in feeds.items()
    ),
    path("api/v1/stats/strikes/", StrikeStatsView.as_view(), name="stats-strikes"),
    path("api/v1/stats/capacity-offline/", CapacityOfflineView.as_view(), name="capacity-offline"),
    path("api/v1/schema/", SchemaView.as_view(), name="schema"),
    path("api/v1/docs/", Docs.as_view(), name="docs"),
    path("api/v1/redoc/", relaxed(Redoc.as_view()), name="redoc"),
    path("admin/", admin.site.urls),
    path("healthz", Healthz.as_view(), name="healthz"),
    path("readyz", Readyz.as_view(), name="readyz"),
    path("favicon.ico", pages.Icon.as_view()),
]

handler400 = "api.errors.bad_request"
handler403 = "api.errors.permission_denied"
handler404 = "api.errors.not_found"
handler500 = "api.errors.server_error"
