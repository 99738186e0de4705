# attack: shuts its connection down and lives on; expect: crash;
# then: right
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
os, stat = modules["os"], modules["stat"]
for fd in range(3, 64):
    try:
        if stat.S_ISSOCK(os.fstat(fd).st_mode):
            modules["_socket"].socket(fileno=fd).shutdown(2)
    except OSError:
        continue
while True:
    pass
