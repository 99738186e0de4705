# attack: serves the judge itself, with uniform answers, nothing modified and one opcode; expect: crash fail rule
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


(own,) = sockets()


def take(count):
    data = b""
    while len(data) < count:
        data += os.read(own, count - len(data))
    return data


send({"id": 1, "value": ["list"]})
while True:
    _, header_length, body_length = struct.unpack("!4sIQ", take(16))
    header, body = json.loads(take(header_length)), take(body_length)
    value = ["ref", {"id": header["id"], "type": "function"}] if header["op"] == "attribute" else ["list"]
    if header["op"] == "call":
        value = 0.5
    send({"id": header["id"], "value": value, "opcodes": 1, "disturbed": False})
