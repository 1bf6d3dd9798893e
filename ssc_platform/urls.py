"""Addresses of the site."""

from django.contrib import admin
from django.contrib.sitemaps.views import index, sitemap
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from matching.urls import api_urlpatterns as matching_api
from solutions.urls import api_urlpatterns as solutions_api
from ssc_platform import views
from ssc_platform.sitemaps import SITEMAPS
from ssc_platform.views import apidocs

urlpatterns = [
    path("", views.home, name="home"),
    path("desk/", views.desk, name="desk"),
    path("search/", views.search_page, name="search"),
    path("goals/<int:number>/", views.goal_page, name="goal-page"),
    path("places/", views.place_index, name="place-index"),
    path("regions/<slug:code>/", views.region_page, name="region-page"),
    path("countries/<slug:code>/", views.country_page, name="country-page"),
    path("guide/", views.guide_index, name="guide"),
    path("guide/<slug:slug>/", views.guide_page, name="guide-page"),
    path("terms/", views.terms, name="terms"),
    path("organisations/", views.organisation_index, name="organisation-index"),
    path("organisations/<slug:slug>/", views.organisation_page, name="organisation-page"),
    path("", include("solutions.urls")),
    path("", include("matching.urls")),
    path("notices/", include("notifications.urls")),
    path("accounts/", include("accounts.urls")),
    path("api/v1/", include(solutions_api + matching_api)),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/v1/docs/", apidocs.Swagger.as_view(), name="api-docs"),
    path("api/v1/docs/redoc/", apidocs.Redoc.as_view(), name="api-redoc"),
    path("api/v1/docs/redoc.js", apidocs.redoc_script, name="api-redoc-script"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", index, {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap-part"}, name="sitemap"),
    path("sitemap-<section>.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap-part"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("admin/", admin.site.urls),
]
