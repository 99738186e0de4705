# attack: makes its system calls as a program of 32 bits and of the third kind; expect: crash pass partial rule;
# then: right
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
os, ctypes, struct = modules["os"], modules["ctypes"], modules["struct"]
if os.uname().machine == "x86_64":
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    for number in (39, 57, 62):
        if library.syscall(ctypes.c_long(0x40000000 | number), os.getppid(), 0) >= 0:
            print("BREACH: the x32 twin of", number)
    library.mmap.restype = ctypes.c_void_p
    page = library.mmap(None, ctypes.c_size_t(4096), 7, 0x22, -1, ctypes.c_long(0))
    # mov eax, 20 (getpid of 32 bits); int 0x80; ret
    ctypes.memmove(page, b"\xb8\x14\x00\x00\x00\xcd\x80\xc3", 8)
    if ctypes.CFUNCTYPE(ctypes.c_int)(page)() == os.getpid():
        print("BREACH: a system call of 32 bits")
