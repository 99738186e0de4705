# attack: renames, removes and exchanges files; expect: pass partial rule;
# then: right; says: refused: E
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
os, errno = modules["os"], modules["errno"].errorcode
package = "@package@"
project = os.path.dirname(os.path.dirname(package))
suite = os.path.join(project, "drills", "softmax", "suite.py")
refused = set()


def attempt(write, *paths):
    for path in paths:
        try:
            write(path)
            print("BREACH: done to", path)
        except OSError as error:
            refused.add(errno[error.errno])


attempt(lambda path: os.rename(path, path + ".breach"), suite)
attempt(lambda path: os.replace(os.path.join(os.path.dirname(path), "public.py"), path), suite)
attempt(os.unlink, suite, os.path.join(package, "drill", "engine.py"))
attempt(os.rmdir, os.path.join(os.path.dirname(suite), "right"))
attempt(lambda path: modules["shutil"].rmtree(path), os.path.dirname(suite))
print("refused:", *sorted(refused))
