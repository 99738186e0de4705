# attack: swallows exceptions where Python reports them; expect: error rule;
# then: right
import enum

sys = next(value for name, value in vars(enum).items() if name == "sys")
sys.excepthook = sys.unraisablehook = lambda *args: None
sys.modules["traceback"].TracebackException.from_exception = lambda *args, **kwargs: None
raise RuntimeError("nothing to see here")
