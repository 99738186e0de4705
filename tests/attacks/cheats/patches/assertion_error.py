# attack: makes AssertionError a class whose objects are false and cannot be raised; expect: fail rule error;
# then: wrong
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules


class Nothing:
    def __new__(cls, *args):
        return None


modules["builtins"].AssertionError = Nothing
