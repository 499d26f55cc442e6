"""Small valid files of every format, from which damaged ones are made, and the tokens that damage puts in."""

import io
import json
from dataclasses import dataclass

import numpy as np
import torch
from safetensors.torch import save


@dataclass(frozen=True)
class Seed:
    """The files of one input, by their names in its folder."""

    files: dict[str, bytes]


def _one(name: str, text: str | bytes) -> Seed:
    return Seed({name: text.encode() if isinstance(text, str) else text})


def _npz() -> bytes:
    stream = io.BytesIO()
    np.savez(stream, pos=np.arange(12.0).reshape(4, 3), x=np.ones((4, 2), dtype=np.float32))
    return stream.getvalue()


def _npz_compressed() -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, pos=np.zeros((40, 2)))
    return stream.getvalue()


def _png() -> bytes:
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\x00" + bytes((k * 37 + j * 11) % 256 for j in range(4)) for k in range(3))
    header = struct.pack(">IIBBBBB", 4, 3, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _own() -> bytes:
    header = {"format": "cochain-complex-1", "domain": "graph", "sizes": [3, 2], "odd": []}
    header["schema"] = json.dumps({"features": {"0": ["a"]}, "labels": {}, "classes": {}})
    tensors = {
        "offsets/0": torch.tensor([0, 3]), "offsets/1": torch.tensor([0, 2]), "data/0/x": torch.ones(3, 1),
        "faces/1/0/indptr": torch.tensor([0, 2, 4], dtype=torch.int32),
        "faces/1/0/indices": torch.tensor([0, 1, 1, 2], dtype=torch.int32),
        "faces/1/0/values": torch.tensor([-1, 1, -1, 1], dtype=torch.int8),
    }  # fmt: skip
    return save(tensors, metadata={"cochain": json.dumps(header)})


HIF = json.dumps({
    "network-type": "undirected", "metadata": {"name": "m"},
    "nodes": [{"node": "a", "attrs": {"age": 1.5, "kind": "x"}}, {"node": "b", "weight": 2, "attrs": {"kind": "x"}}],
    "edges": [{"edge": 1, "attrs": {"w": [1, 2]}}, {"edge": 2}],
    "incidences": [{"edge": 1, "node": "a"}, {"edge": 1, "node": "b"}, {"edge": 2, "node": "c", "weight": 3}],
})  # fmt: skip
HIF_DIRECTED = json.dumps({
    "network-type": "directed",
    "incidences": [
        {"edge": 0, "node": 0, "direction": "tail"}, {"edge": 0, "node": 1, "direction": "head"},
        {"edge": 1, "node": 2, "direction": "tail"}, {"edge": 1, "node": 1, "direction": "head"},
    ],
})  # fmt: skip
HIF_OWN = json.dumps({
    "network-type": "undirected",
    "metadata": {"cochain": {"domain": "cell", "components": [3, 1], "roles": {"0": {"x0": "number"}}, "whole": {"y": [1, 2]}}},  # noqa: E501
    "nodes": [{"node": k, "attrs": {"x0": k}} for k in range(4)],
    "edges": [{"edge": 0, "attrs": {"rank": 1}}, {"edge": 1, "attrs": {"rank": 2}}],
    "incidences": [{"edge": 0, "node": 0}, {"edge": 0, "node": 1}] + [{"edge": 1, "node": k} for k in range(3)],
})  # fmt: skip
HIF_ASC = json.dumps({
    "network-type": "asc", "incidences": [{"edge": e, "node": n} for e in (0, 1) for n in range(e, e + 3)],
})  # fmt: skip
EDGES = "source,target,weight,kind\na,b,1.5,x\nb,c,2,x\nc,a,,y\nd,d,1,y\na,b,1,x\n"
GRAPHML = """<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="d0" for="node" attr.name="age" attr.type="double"/><key id="d1" for="edge" attr.name="k" attr.type="string"/>
<graph edgedefault="undirected"><node id="a"><data key="d0">1.5</data></node><node id="b"/>
<edge source="a" target="b"><data key="d1">x</data></edge><edge source="b" target="a"/></graph></graphml>
"""
GML = 'graph [\n directed 0\n node [ id 0 label "a" age 1.5 ]\n node [ id 1 label "b" ]\n edge [ source 0 target 1 k "x" ]\n]\n'  # noqa: E501
OFF = "OFF\n4 4 6\n0 0 0\n1 0 0\n0 1 0\n0 0 1\n3 0 1 2\n3 0 1 3\n3 0 2 3\n3 1 2 3\n"
OBJ = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 2 3\nf 1/1 2/2 4/3\nf -1 -2 -3\n"
PLY = (
    "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\nelement face 1\n"
    "property list uchar int vertex_indices\nend_header\n0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n"
)
STL = (
    "solid s\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\nendsolid s\n"
)

CORPUS: dict[str, list[Seed]] = {
    "cochain": [_one("c.cochain", _own())],
    "hif": [_one("h.json", text) for text in (HIF, HIF_DIRECTED, HIF_OWN, HIF_ASC)],
    "edges": [_one("e.csv", EDGES), _one("e.csv", "graph;tail;head\n1;0;1\n1;1;2\n2;0;1\n")],
    "hyperedges": [
        _one("h.csv", "edge,node\ne1,a\ne1,b\ne2,b\n"), _one("h.csv", "members,label\na b c,p\nb c,q\na c,p\n"),
    ],
    "cells": [
        _one("c.csv", "rank,nodes,x:number\n2,a b c,1\n1,a b,2\n0,d,3\n"),
        _one("c.csv", "rank,walk\n2,0 1 2 3\n1,3 4\n"), _one("c.csv", "graph,rank,members\n0,1,a b\n1,3,a b c d\n"),
    ],
    "tables": [
        Seed({
            "nodes.csv": b"graph,id,age,colour,label\n1,a,2.5,red,p\n1,b,,blue,q\n2,a,1.5,red,\n2,b,0.5,red,p\n",
            "edges.csv": b"graph,source,target,kind\n1,a,b,x\n2,b,a,x\n", "graphs.csv": b"graph,y\n1,0.5\n2,1.5\n",
        }),
    ],
    "graphml": [_one("g.graphml", GRAPHML)],
    "gml": [_one("g.gml", GML)],
    "mesh": [_one("m.off", OFF), _one("m.obj", OBJ), _one("m.ply", PLY), _one("m.stl", STL)],
    "points": [
        _one("p.npz", _npz()), _one("p.npz", _npz_compressed()), _one("p.csv", "x,y,z\n0,1,2\n3,4,5\n"),
        _one("p.xyz", "0 1 2\n3 4 5\n"),
    ],
    "images": [_one("i.png", _png())],
    "smiles": [_one("s.smi", "c1ccccc1 benzene\nCCO ethanol\n"), _one("s.csv", "smiles,y\nCCO,0.5\nc1ccccc1O,1.5\n")],
    "tu": [
        Seed({
            "T_A.txt": b"1, 2\n2, 1\n3, 4\n4, 3\n", "T_graph_indicator.txt": b"1\n1\n2\n2\n",
            "T_graph_labels.txt": b"1\n-1\n", "T_node_labels.txt": b"0\n1\n0\n2\n",
        }),
    ],
    "folder": [
        Seed({"a/one.off": OFF.encode(), "b/two.off": OFF.encode()}),
        Seed({"one.csv": EDGES.encode(), "two.csv": EDGES.encode(), "labels.csv": b"file,label\none.csv,p\ntwo.csv,q\n"}),  # noqa: E501
    ],
}  # fmt: skip

TOKENS: tuple[bytes, ...] = (
    b"", b"\x00", b"\xff\xfe", b"\n", b"\r", b",", b";", b"\t", b'"', b"'", b"{", b"[", b"[" * 200, b"]", b"}", b":", b"-1",  # noqa: E501
    b"0", b"1e999", b"nan", b"inf", b"1e300", b"999999999999", b"18446744073709551616", b"null", b"true", b":label",
    b":number", b":category", b":position", b":split", b"x,y", b"graph", b"rank", b"label", b"<a>", b"</graph>", b"<!ENTITY",  # noqa: E501
    b"&amp;", b"&#0;", b"../", b"\xe2\x98\x83", b" ", b"0x10", b"1_0", b"OFF\n", b"3 0 1 2\n", b"element face 100000000\n",  # noqa: E501
    b'"rank": 60', b'"domain": "points"', b" 1 2 3 4 5 6 7 8 9", b"9" * 5000,
)  # fmt: skip
