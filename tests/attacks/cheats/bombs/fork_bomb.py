# attack: forks for ever; expect: error rule fail;
# then: right; says: (not permitted|Permission)
import enum

os = next(value for name, value in vars(enum).items() if name == "sys").modules["os"]
while True:
    os.fork()
