"""Entry point of the light app: app.py as it is, without torch; it runs nobody's code."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
APP = ROOT / "app.py"

os.environ["GALVIZ_EXERCISES"] = "show"
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
# Not runpy.run_path, which puts the script into sys.modules: sessions run in threads and would take it from each other.
exec(compile(APP.read_text(encoding="utf-8"), APP, "exec"), {"__name__": "__main__", "__file__": str(APP)})
