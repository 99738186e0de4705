# attack: maps memory that counts towards no limit on private memory; expect: pass partial rule;
# then: right; says: refused: .*E
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
os, errno, ctypes = modules["os"], modules["errno"].errorcode, modules["ctypes"]
library = ctypes.CDLL(None, use_errno=True)
library.mmap.restype = ctypes.c_void_p
shared, private, anonymous, grows_down, failed = 0x01, 0x02, 0x20, 0x100, 2**64 - 1
refused = set()
for flags in (shared | anonymous, 0x03 | anonymous, private | anonymous | grows_down):
    if library.mmap(None, ctypes.c_size_t(8 << 30), 3, flags, -1, ctypes.c_long(0)) != failed:
        print("BREACH: mapped with flags", flags)
    refused.add(errno[ctypes.get_errno()])
if library.mmap(None, ctypes.c_size_t(4 << 30), 3, private | anonymous, -1, ctypes.c_long(0)) != failed:
    print("BREACH: mapped four private gigabytes")
refused.add(errno[ctypes.get_errno()])
print("refused:", *sorted(refused))
