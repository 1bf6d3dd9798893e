from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("notifications", "0004_letters"),
    ]

    operations = [
        migrations.AddField(
            model_name="webhookendpoint",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
    ]
