# attack: answers the next hundred questions before they are asked; expect: crash fail;
# then: wrong
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
os, stat, json, struct = modules["os"], modules["stat"], modules["json"], modules["struct"]


def sockets():
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                yield fd
        except OSError:
            continue


def send(header, body=b"", length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    for fd in sockets():
        os.write(fd, struct.pack("!4sIQ", b"GUW1", len(text), len(body) if length is None else length) + text + body)


for number in range(1, 100):
    send({"id": number, "value": None})
