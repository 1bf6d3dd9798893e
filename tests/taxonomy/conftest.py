import shutil

import pytest

from taxonomy.services import default_folder, load_taxonomy
from tests.factories import NOW


@pytest.fixture
def loaded(db):
    """The whole reference data, as it comes with the platform."""
    return load_taxonomy(folder=default_folder(), at=NOW)


@pytest.fixture
def copied_folder(tmp_path):
    """The reference files in a folder of the test's own, to be broken."""
    return shutil.copytree(default_folder(), tmp_path / "taxonomy")
