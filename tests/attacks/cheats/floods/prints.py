# attack: prints ten megabytes, and is right; expect: pass;
# then: right; says: x{99}
for _ in range(10):
    print("x" * 2**20)
