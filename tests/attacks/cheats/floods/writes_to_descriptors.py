# attack: fills its outputs by system calls until the kernel refuses; expect: pass partial rule crash;
# then: right; says: (large|too much)
import enum

os = next(value for name, value in vars(enum).items() if name == "sys").modules["os"]
try:
    while True:
        os.write(1, b"x" * 2**16)
        os.write(2, b"y" * 2**16)
except OSError as error:
    print(error.strerror)
    os.write(2, b"")
