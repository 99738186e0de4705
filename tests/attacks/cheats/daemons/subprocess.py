# attack: starts programs; expect: pass partial rule;
# then: right; says: refused: E
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
os, errno = modules["os"], modules["errno"].errorcode
refused = set()


def attempt(act, *arguments):
    try:
        result = act(*arguments)
        print("BREACH:", act, arguments, result)
    except OSError as error:
        refused.add(errno[error.errno])


subprocess = modules["subprocess"]
attempt(subprocess.run, ["sleep", "1000"])
attempt(subprocess.Popen, "sleep 1000 &")
if os.system("sleep 1000 &") == 0:
    print("BREACH: a shell ran")
print("refused:", *sorted(refused))
