# attack: calls the function of the suite for ever, so that the judge works and no call hangs; expect: timeout;
# drill: relay; says: the limit for all calls together
def relay(function, n):
    while n > 3:
        function(0)
    return [function(i) for i in range(n)]


def total(x):
    return float(x.sum())
