# attack: reads the suite with the C library; expect: pass partial rule;
# then: right; says: refused: PermissionError
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
os = modules["os"]
package = "@package@"
drills = os.path.join(os.path.dirname(os.path.dirname(package)), "drills")
wanted = [os.path.join(drills, "softmax", name) for name in ("suite.py", "solution.py", "public.py")]
wanted += [os.path.join(package, name) for name in ("catalogue.py", "drill/engine.py", "capstones/gpt.py")]
refused = set()


def attempt(read):
    for path in wanted:
        try:
            found = read(path)
        except (OSError, ImportError, ValueError) as error:
            refused.add(type(error).__name__)
        else:
            if repr(found) not in ("''", "[]", "None"):
                print("BREACH: read of", path, repr(found)[:80])


ctypes = modules["ctypes"]
c = ctypes.CDLL(None, use_errno=True)
c.fopen.restype = c.mmap.restype = ctypes.c_void_p


def with_fopen(path):
    if not c.fopen(path.encode(), b"r"):
        raise OSError(ctypes.get_errno(), path)
    return path


def with_open_by_number(path):
    fd = c.syscall(257, -100, path.encode(), 0)
    if fd < 0:
        raise OSError(ctypes.get_errno(), path)
    return path


attempt(with_fopen)
if os.uname().machine == "x86_64":
    attempt(with_open_by_number)
print("refused:", *sorted(refused))
