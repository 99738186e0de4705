# attack: hangs and ignores every signal that can be ignored; expect: timeout;
# then: right
import enum

signal = next(value for name, value in vars(enum).items() if name == "sys").modules["_signal"]
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        continue
while True:
    pass
