import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallyu.grading.doctor import mutation


def changed(source):
    """What each mutant made of the last line."""
    return {m.after.splitlines()[-1].strip(): m.operator for m in mutation.mutants(source)}


@pytest.mark.parametrize(
    ("source", "wanted", "operator"),
    [
        ("x = a < b", "x = a <= b", "comparison"),
        ("x = a == b", "x = a != b", "comparison"),
        ("x = a not in b", "x = a in b", "comparison"),
        ("x = a + b", "x = a - b", "arithmetic"),
        ("x //= b", "x /= b", "arithmetic"),
        ("x = -a", "x = a", "arithmetic"),
        ("x = 41", "x = 42", "constant"),
        ("x = '눈'", "x = ''", "constant"),
        ("x = True", "x = False", "constant"),
        ("x = a and b", "x = a or b", "boolean"),
        ("x = not a", "x = a", "boolean"),
        ("def f(a):\n    return a", "return None", "return value"),
        ("def f(x):\n    x.sort()", "pass", "deleted statement"),
        ("x = f(a, b, c)", "x = f(b, a, c)", "swapped arguments"),
        ("x = a[1:n]", "x = a[1:n + 1]", "off by one"),
        ("x = a[:-1]", "x = a[:]", "off by one"),
        ("x = range(2, n)", "x = range(2, n + 1)", "off by one"),
    ],
)
def test_each_operator_makes_its_fault(source, wanted, operator):
    assert changed(source)[wanted] == operator


def test_a_changed_part_of_an_expression_stays_one_part():
    after = [m.after for m in mutation.mutants("x = (a + b) * c")]
    assert "x = (a - b) * c" in after
    for text in after:
        ast.parse(text)


def test_only_the_marked_solution_changes_and_nothing_else_of_the_text():
    source = (
        "def f(n):\n    # 길이\n    ### BEGIN SOLUTION\n    return n + 1  # 하나\n    ### END SOLUTION\nk = 3"
    )
    for mutant in mutation.mutants(source):
        before, after = source.splitlines(), mutant.after.splitlines()
        assert [i for i, (a, b) in enumerate(zip(before, after, strict=True), 1) if a != b] == [4]
        assert after[3].endswith("# 하나")
        assert mutant.diff().count("\n") == 1


def test_documentation_f_strings_and_the_words_of_an_error_stay():
    source = 'def f(n):\n    """Text."""\n    print(f"{n + 1}")\n    raise ValueError("too few")'
    after = "\n".join(m.after for m in mutation.mutants(source))
    assert after.count('"""Text."""') == len(mutation.mutants(source))
    assert "n - 1" not in after and 'ValueError("")' not in after and "ValueError('')" not in after


def test_a_cell_that_is_no_python_has_no_mutants():
    assert mutation.mutants("def f(:") == [] == mutation.mutants("%%bash\nls")
    assert mutation.mutants("%matplotlib inline\nx = 1")[0].after == "%matplotlib inline\nx = 2"


def test_a_fault_stands_in_the_line_that_it_names():
    source = "\n\nx = 1\n\n\n!ls\ny = [\n    2,\n    'a',\n]"
    assert [(m.line, m.diff().split("\n")[0]) for m in mutation.mutants(source)] == [
        (3, "-x = 1"),
        (8, "-    2,"),
        (9, "-    'a',"),
    ]


def test_a_sample_takes_every_operator_and_is_always_the_same():
    source = (
        "def f(a, n):\n" + "".join(f"    a[{i}:n] += g(n < {i}, not n)\n" for i in range(30)) + "    return a"
    )
    everything = mutation.mutants(source)
    few = mutation.sample(everything, 12)
    assert len(few) == 12 and few == mutation.sample(everything, 12)
    assert {m.operator for m in few} == {m.operator for m in everything}
    assert mutation.sample(everything, 10_000) == everything


names = st.sampled_from("abc")
expressions = st.recursive(
    names | st.integers(0, 99).map(str),
    lambda part: st.tuples(part, st.sampled_from(["+", "*", "<", "and", "==", "%", "**"]), part).map(
        lambda t: f"({t[0]} {t[1]} {t[2]})"
    ),
    max_leaves=6,
)


@given(expressions)
def test_every_mutant_of_every_expression_is_python_and_differs(expression):
    source = f"def f(a, b, c):\n    return {expression}\n"
    found = mutation.mutants(source)
    assert found and len({m.after for m in found}) == len(found)
    for mutant in found:
        assert ast.dump(ast.parse(mutant.after)) != ast.dump(ast.parse(source))
