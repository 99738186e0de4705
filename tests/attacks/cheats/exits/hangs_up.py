# attack: closes all descriptors and lives on; expect: crash;
# then: right
import enum

os = next(value for name, value in vars(enum).items() if name == "sys").modules["os"]
os.closerange(3, 64)
while True:
    pass
