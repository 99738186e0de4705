# attack: looks for SciPy, scikit-learn and PyTorch in folders of its own choice; expect: pass rule;
# then: right; says: refused
import enum

sys = next(value for name, value in vars(enum).items() if name == "sys")
os, machinery = sys.modules["os"], sys.modules["_frozen_importlib"]
site = os.path.dirname(os.path.dirname(sys.modules["numpy"].__file__))
sys.path[:] = [site, *sys.path, "/usr/lib/python3/dist-packages", "/usr/local/lib/python3.11/site-packages"]
sys.path_importer_cache.clear()
sys.meta_path.append(sys.modules["_frozen_importlib_external"].PathFinder)
for name in ("scipy", "sklearn", "torch", "pandas", "pytest", "_pytest", "groundup.capstones.gpt_parts", "click"):
    try:
        print("BREACH: imported", machinery._gcd_import(name))
    except ImportError as error:
        print("refused:", error.name)
