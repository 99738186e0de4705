# attack: looks for the suite in the frames that called it; expect: pass rule;
# then: right; says: looked at \d+ frames
import enum

frame, seen = next(value for name, value in vars(enum).items() if name == "sys")._getframe(), 0
while frame is not None:
    seen += 1
    for name in (*frame.f_locals, *frame.f_globals, frame.f_code.co_filename):
        if name in ("oracle", "probabilities", "log_probabilities", "mean_loss", "Wrong") or name.endswith("suite.py"):
            print("BREACH: the frames lead to", name)
    frame = frame.f_back
print("looked at", seen, "frames")
