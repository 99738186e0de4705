# attack: reads the memory, the descriptors and the environment of its parent and its own; expect: pass rule;
# then: right; says: refused: EACCES
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
os, errno = modules["os"], modules["errno"].errorcode
refused = set()
for pid in (os.getppid(), os.getppid() + 1, 1, "self"):
    for name in ("mem", "environ", "maps", "cmdline", "status", "auxv", "task", "cwd/etc/hostname"):
        try:
            print("BREACH: opened", pid, name, os.read(os.open(f"/proc/{pid}/{name}", os.O_RDONLY), 40))
        except OSError as error:
            refused.add(errno[error.errno])
    try:
        print("BREACH: listed", os.listdir(f"/proc/{pid}/fd"))
    except OSError as error:
        refused.add(errno[error.errno])
print("refused:", *sorted(refused))
