# attack: reads what belongs to the user and to the machine; expect: pass rule;
# then: right; says: refused: EACCES
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
os, errno = modules["os"], modules["errno"].errorcode
refused = set()
for folder in ("/root", "/home", "/etc", "/tmp", "/var", "/proc", "/sys", "/dev", "/run", "/"):
    for read in (os.listdir, lambda path: os.open(path, os.O_RDONLY | os.O_DIRECTORY)):
        try:
            print("BREACH: read", folder, read(folder))
        except OSError as error:
            refused.add(errno[error.errno])
for path in ("/etc/passwd", "/etc/shadow", "/etc/hostname", "/proc/mounts", "/proc/self/environ", "/root/.bashrc"):
    try:
        print("BREACH: read", path, os.read(os.open(path, os.O_RDONLY), 40))
    except OSError as error:
        refused.add(errno[error.errno])
print("refused:", *sorted(refused))
