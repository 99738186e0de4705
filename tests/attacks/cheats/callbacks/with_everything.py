# attack: hands the function of the suite all that crosses and all that does not; expect: fail;
# drill: relay
import numpy as np


def relay(function, n):
    for value in (
        None,
        function,
        relay,
        [[[[]]]],
        {"a": relay},
        np.zeros((100, 1000)),
        10**3000,
        float("nan"),
        "\ud800",
        object(),
        type,
        Ellipsis,
        slice(1, None),
        {1, 2},
        b"bytes",
        1j,
        np.random.default_rng(0),
    ):
        for arguments in ((value,), (value, value), ()):
            try:
                function(*arguments, **({"key": value} if len(arguments) == 2 else {}))
            except Exception as error:
                str(error)
    return [function(i) for i in range(n)]


def total(x):
    return float(x.sum())
