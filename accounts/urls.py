"""Addresses of log-in (of allauth's pages, those that this site needs) and of one's own account."""

from allauth.account import views
from allauth.socialaccount import views as sign_on
from django.urls import include, path, re_path

from accounts.views import profile, team
from accounts.views.absence import Absence
from accounts.views.invitations import invitation
from accounts.views.tokens import revoke_token, tokens

log_in = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", views.signup, name="account_signup"),  # says how accounts come about
    path("email/", views.email, name="account_email"),
    path("confirm-email/", views.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", views.confirm_email, name="account_confirm_email"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("two-factor/", include("allauth.mfa.urls")),
    path("sign-on/cancelled/", sign_on.login_cancelled, name="socialaccount_login_cancelled"),
    path("sign-on/error/", sign_on.login_error, name="socialaccount_login_error"),
    path("sign-on/signup/", sign_on.signup, name="socialaccount_signup"),  # closed: see KnownPeopleAdapter
    path("sign-on/", include("allauth.socialaccount.providers.openid_connect.urls")),
]
urlpatterns = [
    path("", profile.profile, name="account-profile"),
    path("data/", profile.my_data, name="my-data"),
    path("data/my-data.json", profile.my_data_file, name="my-data-file"),
    path("delete/", profile.delete_account, name="account-delete"),
    path("invitation/<str:sealed>/", invitation, name="invitation"),
    path("teams/<slug:slug>/", team.team, name="team"),
    path("teams/<slug:slug>/description/", team.describe, name="organisation-describe"),
    path("teams/<slug:slug>/members/<int:pk>/", team.member, name="team-member"),
    path("teams/<slug:slug>/invitations/<slug:public_id>/", team.invited, name="team-invitation"),
    path("tokens/", tokens, name="tokens"),
    path("tokens/<slug:public_id>/revoke/", revoke_token, name="token-revoke"),
    path("absence/", Absence.as_view(), name="absence"),
    *log_in,
]
