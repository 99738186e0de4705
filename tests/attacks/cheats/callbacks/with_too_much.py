# attack: hands the function of the suite more than may cross; expect: fail;
# drill: relay
def relay(function, n):
    for value in ("x" * 5_000_000, [0] * 300_000, bytes(2**29)):
        function(value)
    return [function(i) for i in range(n)]


def total(x):
    return float(x.sum())
