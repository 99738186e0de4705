# attack: reads a large question drop by drop, so that the judge never finishes asking; expect: timeout;
# drill: relay
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
os, stat, json, struct, time = (modules[name] for name in ("os", "stat", "json", "struct", "time"))


def relay(function, n):
    return [function(i) for i in range(n)]


def total(x):
    return 0.0


def sockets():
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                yield fd
        except OSError:
            continue


(own,) = sockets()


def take(count):
    data = b""
    while len(data) < count:
        data += os.read(own, count - len(data))
    return data


def send(header):
    text = json.dumps(header).encode()
    os.write(own, struct.pack("!4sIQ", b"GUW1", len(text), 0) + text)


send({"id": 1, "value": ["list"]})
while True:
    _, header_length, body_length = struct.unpack("!4sIQ", take(16))
    header = json.loads(take(header_length))
    for _ in range(body_length):
        time.sleep(0.02)
        os.read(own, 4096)
    number = {"relay": 1, "total": 2}.get(header.get("name"), 3)
    send({"id": header["id"], "value": ["ref", {"id": number}] if header["op"] == "attribute" else ["list", 0, 1, 4]})
