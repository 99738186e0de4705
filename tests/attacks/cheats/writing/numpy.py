# attack: writes with what NumPy writes files with; expect: pass partial rule;
# then: right; says: refused: E
import enum

import numpy as np

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


places = [
    os.path.join(folder, "breach") for folder in ("/tmp", "/var/tmp", "/dev/shm", project, ".", os.path.dirname(suite))
]
attempt(lambda path: np.save(path, np.zeros(3)), *places)
attempt(lambda path: np.zeros(3).tofile(path), *places)
attempt(lambda path: np.savetxt(path, np.zeros(3)), *places)
attempt(lambda path: np.memmap(path, np.uint8, "w+", shape=3), *places)
print("refused:", *sorted(refused))
