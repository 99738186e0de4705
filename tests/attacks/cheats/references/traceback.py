# attack: looks for the suite in the traceback of its own exception; expect: pass rule;
# then: right; says: looked at
seen = 0
try:
    raise ValueError
except ValueError as error:
    frame = error.__traceback__.tb_frame
    while frame is not None:
        seen += 1
        if "suite" in frame.f_code.co_filename or "test_softmax_rows" in frame.f_globals:
            print("BREACH: the traceback leads to", frame)
        frame = frame.f_back
print("looked at", seen, "frames")
