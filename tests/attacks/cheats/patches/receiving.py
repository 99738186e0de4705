# attack: reads the judge's questions before the runner does, and rewrites them; expect: fail crash rule;
# then: wrong
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
insides = modules["gc"].get_referents(type(modules["sys"].stdout).write)
runner = next(each for each in insides if isinstance(each, dict) and "_Runner" in each)
receive = runner["wire"].receive


def asking_for_less(sock, **kwargs):
    header, _body = receive(sock, **kwargs)
    return {**header, "op": "attribute", "on": 0, "name": "__doc__"}, memoryview(b"")


runner["wire"].receive = asking_for_less
