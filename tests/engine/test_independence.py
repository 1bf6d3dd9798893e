"""The engine is a library: a fresh interpreter can import all of it without Django."""

import pkgutil
import subprocess
import sys

import matching.engine


def test_engine_imports_without_django() -> None:
    found = pkgutil.walk_packages(matching.engine.__path__, "matching.engine.")
    modules = ", ".join(sorted(module.name for module in found))
    code = f"import sys, {modules}; print('matching.engine.ranker' in sys.modules, 'django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("True False\n", "")
