"""What is reached from where, in graphs that end, branch, meet again and lead back."""

from record.graphs import closure, end_of_chain, leads_back, reached

ARROWS = {1: [2, 3], 2: [4], 3: [4], 4: [], 5: [6], 6: [5]}


def below(nodes):
    return {target for node in nodes for target in ARROWS[node]}


def test_a_closure_has_the_start_and_all_that_is_reached():
    assert closure([1], below) == {1, 2, 3, 4}
    assert closure([4], below) == {4}
    assert closure([], below) == set()


def test_a_closure_ends_where_the_way_leads_back():
    assert closure([5], below) == {5, 6}


def test_each_node_is_asked_about_once_and_together_with_its_neighbours():
    calls = []

    def step(nodes):
        calls.append(set(nodes))
        return below(nodes)

    closure([1], step)
    assert calls == [{1}, {2, 3}, {4}]


def test_a_way_that_leads_back_is_found_wherever_it_closes():
    ends = {1: 2, 2: 3, 3: None}
    circle = {1: 2, 2: 3, 3: 1}
    later = {1: 2, 2: 3, 3: 2}
    itself = {1: 1}
    assert [leads_back(1, way.get) for way in (ends, circle, later, itself)] == [False, True, True, True]


def test_what_is_reached_comes_in_the_order_in_which_it_is_found():
    ways = {"a": "bc", "b": "d", "c": "e", "d": "", "e": "ad"}
    assert reached("a", ways.get) == ["b", "c", "d", "e"]
    assert reached("a", ways.get, newest_first=True) == ["b", "c", "e", "d"]
    assert reached("ab", ways.get) == ["c", "d", "e"]
    assert reached("", ways.get) == []


def test_each_node_is_asked_for_its_neighbours_once():
    calls = []

    def neighbours(node):
        calls.append(node)
        return ARROWS[node]

    reached([1, 2, 1], neighbours)
    assert calls == [1, 2, 3, 4]


def test_a_chain_ends_where_no_step_leads_on_and_a_circle_does_not_hold_it_up():
    chain = {1: 2, 2: 3}
    assert [end_of_chain(node, chain.get) for node in (1, 2, 3, 4)] == [3, 3, 3, 4]
    assert end_of_chain(1, {1: 2, 2: 3, 3: 2}.get) == 3
