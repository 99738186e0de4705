"""What a learner sees of relay."""

from groundup.drill.checks import check, exactly


@check("correctness", "the function is called for each number")
def test_relay(solution):
    exactly(solution.relay(lambda i: i * i, 3), [0, 1, 4], of="relay(square, 3)")
