from django.db import migrations, models


class Migration(migrations.Migration):
    """Give the desk's lists by state, and the queue of introductions, the order that they are read in."""

    dependencies = [("matching", "0004_glossary_term")]

    operations = [
        migrations.AddIndex(
            model_name="match",
            index=models.Index(fields=["state", "demand", "rank", "id"], name="match_by_state_and_demand"),
        ),
        migrations.AddIndex(
            model_name="match",
            index=models.Index(fields=["state", "state_since", "id"], name="match_by_state_and_time"),
        ),
    ]
