"""What the names of a program may stand for, found by reading it: nothing is run.

The reader follows modules and their members, as dotted paths such as ``numpy.logaddexp``, through everything that
passes a value on in Python: aliases, unpacking, default arguments, calls and returns, attributes, containers, `getattr`
with names that can be computed here. In straight-line code a name stands for what it was bound to last; in loops, and
seen from inside functions, for everything it was ever bound to. It writes down what it sees; `scan` decides what that
means.

    values        what a name may stand for
    folding       texts that a program puts together
    syntax        what the tree says before anything is followed
    scopes        where names live, and what is written down
    expressions, calls, reader        how values pass on: one class, in the order in which it is read
"""

from groundup.drill.names.reader import read
from groundup.drill.names.scopes import Reading, Sight, Tangled

__all__ = ["Reading", "Sight", "Tangled", "read"]
