"""Count the addresses of people who log in already as confirmed: they had their first password through them."""

from django.db import migrations


def confirm(apps, schema_editor):
    User = apps.get_model("accounts", "User")
    EmailAddress = apps.get_model("account", "EmailAddress")
    EmailAddress.objects.bulk_create(
        EmailAddress(user_id=pk, email=email.lower(), verified=True, primary=True)
        for pk, email in User.objects.exclude(password__startswith="!").values_list("pk", "email")
        if not EmailAddress.objects.filter(user_id=pk).exists()
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_access_token"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]
    operations = [migrations.RunPython(confirm, migrations.RunPython.noop)]
