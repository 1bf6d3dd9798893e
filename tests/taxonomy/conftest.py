import shutil

import pytest

from taxonomy.services import default_folder, load_taxonomy


@pytest.fixture
def loaded(db):
    """The whole reference data, as it comes with the platform."""
    return load_taxonomy(folder=default_folder())


@pytest.fixture
def copied_folder(tmp_path):
    """The reference files in a folder of the test's own, to be broken."""
    return shutil.copytree(default_folder(), tmp_path / "taxonomy")
