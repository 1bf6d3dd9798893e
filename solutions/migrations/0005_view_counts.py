"""How often the page of each entry was read."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("solutions", "0004_translations")]

    operations = [
        migrations.CreateModel(
            name="ViewCount",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="view_count",
                        serialize=False,
                        to="solutions.entry",
                    ),
                ),
                ("count", models.PositiveIntegerField(default=0)),
            ],
            options={"verbose_name": "views", "verbose_name_plural": "views"},
        ),
    ]
