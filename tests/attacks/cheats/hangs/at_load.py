# attack: never finishes loading; expect: timeout;
# says: while your file was loaded
while True:
    pass
