# attack: has the wire describe every array as a true value, and the runner see no change; expect: fail crash rule;
# then: wrong
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
insides = modules["gc"].get_referents(type(modules["sys"].stdout).write)
runner = next(each for each in insides if isinstance(each, dict) and "_Runner" in each)
runner["wire"].pack = lambda value, refer: (True, [])
runner["_state"] = lambda value: ()
runner["_own"] = lambda frames: []
