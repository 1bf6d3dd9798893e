from django.apps import AppConfig


class PlatformConfig(AppConfig):
    name = "ssc_platform"
