# attack: has the runner send a verdict in place of every answer; expect: crash;
# then: wrong
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
verdict = '{"done": {"load": null, "checks": [], "rules": [], "output": "", "void": ""}}'
modules["json"].dumps = modules["json"].JSONEncoder.encode = lambda *args, **kwargs: verdict
