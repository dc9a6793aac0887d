"""Every address this project answers."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from rest_framework.routers import SimpleRouter

from record.api.views import RootView
from record.api.vocabularies import VocabularyViewSet
from sources import views as sources
from strikes import views as strikes

router = SimpleRouter()
router.register("regions", strikes.RegionViewSet, basename="regions")
router.register("sources", sources.SourceViewSet, basename="sources")
router.register("reports", strikes.ReportViewSet, basename="reports")
router.register("actors", sources.ActorViewSet, basename="actors")
router.register("facilities", strikes.FacilityViewSet, basename="facilities")
router.register("units", strikes.UnitViewSet, basename="units")
router.register("capacities", strikes.CapacityViewSet, basename="capacities")
router.register("strikes", strikes.StrikeViewSet, basename="strikes")
router.register("propositions", strikes.PropositionViewSet, basename="propositions")
router.register("claims", strikes.ClaimViewSet, basename="claims")
router.register("damage-estimates", strikes.DamageEstimateViewSet, basename="damage-estimates")
router.register("weapon-counts", strikes.WeaponCountViewSet, basename="weapon-counts")
router.register("evidence", strikes.EvidenceViewSet, basename="evidence")
router.register("assessments", strikes.AssessmentViewSet, basename="assessments")
router.register("vocabularies", VocabularyViewSet, basename="vocabularies")

collections = [prefix for prefix, _, _ in router.registry]

urlpatterns = [
    path("", RedirectView.as_view(url="/api/v1/")),
    path("api/v1/", RootView.as_view(names=collections), name="root"),
    path("api/v1/", include(router.urls)),
    path("admin/", admin.site.urls),
]

handler400 = "record.api.problems.bad_request"
handler403 = "record.api.problems.permission_denied"
handler404 = "record.api.problems.not_found"
handler500 = "record.api.problems.server_error"
