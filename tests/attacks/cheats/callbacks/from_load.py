# attack: answers the loading with a callback, when none was given; expect: crash;
# drill: relay; says: never given
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
os, struct = modules["os"], modules["struct"]
text = b'{"callback": 0, "values": ["tuple", ["tuple"], ["dict", [], []]]}'
for fd in range(3, 64):
    try:
        if modules["stat"].S_ISSOCK(os.fstat(fd).st_mode):
            os.write(fd, struct.pack("!4sIQ", b"GUW1", len(text), 0) + text)
    except OSError:
        continue


def relay(function, n):
    return [function(i) for i in range(n)]


def total(x):
    return float(x.sum())
