"""A data set in numbers, counted by hand."""

import torch
from made import cycles_and_paths

import cochain as cc
from cochain.experiments.portrait import portray
from cochain.experiments.shape import histogram
from cochain.experiments.tasks import infer_task, read_labels


def test_a_small_graph() -> None:
    c = cc.Complex.graph([(0, 1), (1, 2), (2, 3)], num_nodes=5).with_cochain(0, "x", torch.rand(5, 2))
    c = c.with_cochain(0, "y", torch.tensor([0, 0, 1, -1, 1])).with_cochain(0, "split", torch.tensor([0, 0, 1, 0, 2]))
    task = infer_task(c, 0)
    found = portray(c, task, read_labels(c, task))
    assert (found.domain, found.components, found.cells, found.channels) == ("graph", 1, (5, 3), (2, 0))
    assert (found.labels, found.unlabelled) == ((2, 2), 1)
    assert found.homophily == 0.5  # of the two edges between labelled nodes
    assert found.degrees is not None
    assert found.degrees.counts == (1, 2, 2)  # degrees 0; 1, 1; 2, 2
    assert found.component_sizes == ()
    assert found.parts == ((2, 1, 1),)


def test_homophily_of_a_hypergraph_counts_pairs() -> None:
    c = cc.Complex.hypergraph([[0, 1, 2], [2, 3]]).with_cochain(0, "y", torch.tensor([0, 0, 1, 1]))
    task = infer_task(c, 0)
    # pairs 01 agree, 02, 12 do not, 23 agree
    assert portray(c, task, read_labels(c, task)).homophily == 0.5


def test_many_components() -> None:
    c = cycles_and_paths()
    task = infer_task(c, "whole")
    found = portray(c, task, read_labels(c, task))
    assert found.homophily is None
    assert [sum(each.counts) for each in found.component_sizes] == [30, 30]
    assert found.component_sizes[0].edges == (5.0, 6.0, 7.0, 8.0)
    assert found.component_sizes[0].counts == (10, 10, 10)


def test_regression() -> None:
    c = cc.Complex.graph([(0, 1)], num_nodes=4).with_cochain(0, "y", torch.tensor([0.0, 1.0, 2.0, float("nan")]))
    task = infer_task(c, 0)
    found = portray(c, task, read_labels(c, task))
    assert found.labels == ()
    assert found.label_histogram is not None
    assert sum(found.label_histogram.counts) == 3


def test_histograms() -> None:
    assert histogram(torch.tensor([3, 3, 3])).counts == (3,)
    wide = histogram(torch.arange(1000))
    assert len(wide.counts) <= 30
    assert sum(wide.counts) == 1000
    assert sum(histogram(torch.tensor([0.5])).counts) == 1
    assert histogram(torch.tensor([])).counts == (0,)
