"""What is reached from where, in graphs that end, branch, meet again and lead back."""

from record.graphs import closure, end_of_way, leads_back

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
    asked = []

    def step(nodes):
        asked.append(set(nodes))
        return below(nodes)

    closure([1], step)
    assert asked == [{1}, {2, 3}, {4}]


def test_a_way_that_leads_back_is_found_wherever_it_closes():
    ends = {1: 2, 2: 3, 3: None}
    circle = {1: 2, 2: 3, 3: 1}
    later = {1: 2, 2: 3, 3: 2}
    itself = {1: 1}
    assert [leads_back(1, way.get) for way in (ends, circle, later, itself)] == [False, True, True, True]


def test_a_way_is_followed_to_its_end():
    way = {1: 2, 2: 3}
    assert [end_of_way(node, way.get) for node in (1, 2, 3)] == [3, 3, 3]
