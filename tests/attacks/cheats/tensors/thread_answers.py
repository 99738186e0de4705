# attack: has a thread answer beside the runner; expect: crash fail rule;
# drill: gain; then: right
import enum

modules = enum.sys.modules
os, stat, struct = modules["os"], modules["stat"], modules["struct"]


def answer():
    text = b'{"id": 2, "value": ["list"]}'
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                while True:
                    os.write(fd, struct.pack("!4sIQ", b"GUW1", len(text), 0) + text)
        except OSError:
            continue


modules["threading"].Thread(target=answer).start()
