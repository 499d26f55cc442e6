"""Writes models.md and pictures/models/ from the catalog and the models themselves: python docs/make_models.py.

Every model is built on a small complex of its domain and its layers are read: neighbourhoods, messages, reductions,
updates, parity, equations and diagram. `KINDS` and `OWN` say the rest; a class that they do not name stops the page.
"""

from dataclasses import dataclass
from pathlib import Path

from cochain import catalog
from cochain.catalog import Entry
from cochain.models.example import shown
from cochain.nn import Network
from cochain.nn.survey import Parts, survey
from cochain.report.reference import citation

PAGE = Path(__file__).with_name("models.md")
PICTURES = Path(__file__).parent / "pictures" / "models"
HEAD = """# The models

{count} models of {papers} papers, over {domains} domains. The tables are read from the models: each is built on a small
complex, and the columns are what its layers hold. `cochain describe MODEL` says what stands here and more: cost,
options, tests, measured scores. [Choosing a model](choosing.md) says how to find out which one to take.

A layer is four maps. **Messages** are said along **neighbourhoods**: a *convolution*, whose weights the structure
gives; an *attention*, whose weights are computed from the features; or any function of both ends, here *general*;
*maps* stand in for weights where a sheaf is. A cell reduces them **within** a neighbourhood, joins its neighbourhoods
**across** (a dash where it has one), and makes the **update** from its features h and from what it heard, m. An **odd**
rank carries numbers that change their sign with the orientation of a cell. A broken **law** is one that the published
form breaks by design. A↑ and A↓ are neighbours through a coface and through a face, B is the boundary, L a Laplacian;
brackets name a normalisation (see [the notation](notation.md)).
"""
TITLES = {
    "graph": "Graphs", "hypergraph": "Hypergraphs", "simplicial": "Simplicial complexes", "cell": "Cell complexes",
    "combinatorial": "Combinatorial complexes", "sheaf": "Sheaves", "points": "Without structure",
}  # fmt: skip
COLUMNS = ("model", "neighbourhoods", "message", "within", "across", "update", "parity", "laws broken")

KINDS = {
    "Linear": "convolution", "Isomorphic": "convolution", "Polynomial": "convolution", "Smoothed": "convolution",
    "DegreeScaled": "convolution", "_Clique": "convolution", "_Weighted": "convolution", "_Farthest": "convolution",
    "_Harmonic": "convolution", "_PowerMean": "power mean", "Attention": "attention", "AttentionFilter": "attention",
    "_Scored": "attention", "_SetAttention": "attention", "_SharedAttention": "attention", "Pair": "general",
    "Gated": "general", "_Encoded": "general", "_Logistic": "general",
}  # fmt: skip
"""The survey's word for each class of messages."""


@dataclass(frozen=True)
class Own:
    """What a layer that is no list of routes does; its neighbourhoods are those that it draws unless given."""

    message: str
    within: str
    update: str
    across: str = ""
    neighborhoods: str = ""


OWN = {
    "persistence": Own("PersLay of persistence diagrams", "sum of bars", "-", "concat", "degree, heat"),
    "drew": Own("convolution", "sum", "h + relu(h W + m)", "sum", "A_1 ... A_4, by distance"),
    "co_gnn": Own("convolution, between nodes that speak and listen", "mean", "h + relu(m)", "", "A↑₀"),
    "path_nn": Own("general", "sum", "relu(BN(h + m))", "", "paths of 1, 2, 3 edges"),
    "k_path": Own("general", "sum", "MLP(h ‖ m)", "", "paths of 1..3 edges"),
    "spen": Own("general", "sum", "h + MLP(m)"),
    "ppgn": Own("general", "sum", "MLP(h ‖ m)", "", "pairs of nodes"),
    "unigcnii": Own("convolution", "mean, sum", "relu(((1 - β) I + β W) (m + α h⁰))", "", "row[|B₁|ᵀ], |B₁|"),  # noqa: RUF001
    "edhnn": Own("general", "mean", "relu(MLP(m + α h⁰))", "", "|B₁|ᵀ, |B₁|"),  # noqa: RUF001
    "hcha": Own("attention", "sum", "elu(m + b)"),
    "phenomnn": Own("convolution", "sum", "relu((1 - α) h + α (h⁰ + m))", "sum"),  # noqa: RUF001
    "ehgnn": Own("convolution", "sum", "relu(m + b)", "", "|B₁|ᵀ |B₁|, |B₁| s |B₁|ᵀ"),
    "hypercluster": Own("convolution, over learned clusters", "sum", "relu(h W + m)", "", "|B₁|ᵀ |B₁|, |B₁| C Cᵀ"),
    "catwalk": Own("general, of walks", "mean", "MLP(m)", "", "walks of hyperedges into the past"),
    "dhgnn": Own("convolution, then attention", "mean, sum", "relu(m W + b)", "", "|B₁|ᵀ, nearest, clusters, |B₁|"),
    "legcn": Own("convolution", "sum", "relu(m W + b)", "sum", "same node, same hyperedge"),
    "higcn": Own("convolution", "sum", "m W", "concat"),
    "scrawl": Own("general, of walks", "mean", "h + MLP(m)"),
    "can": Own("attention", "sum", "relu(h W + m)", "sum", "A↓₁, A↑₁"),
    "dcm": Own(
        "convolution and attention", "sum, mean", "relu(h W + m)", "sum", "learned edges, learned polygons, |B₁|"
    ),
    "etnn": Own("general", "sum", "h + MLP(h ‖ m)", "concat"),
    "snowflake": Own("attention", "sum", "relu(h W + m)", "", "the nearest, by a learned metric"),
    "topnets": Own("general", "sum", "h + ∫ MLP(h ‖ m) dt", "concat"),
    "sheaf_nn": Own("maps given", "sum", "elu(m)"),
    "nsd": Own("maps learned", "sum", "(1 + ε) h - elu(m)"),
    "conn_nsd": Own("maps from the data", "sum", "(1 + ε) h - elu(m)"),
    "sheaf_hypergraph": Own("maps learned", "sum", "elu(m)"),
}
"""By file of the model."""


def build(row: Entry) -> Network:
    """Build a model as its defaults say."""
    model = shown(row)
    if not isinstance(model, Network):
        raise TypeError(f"{row.name} should be a Network, whose layers can be read, but is a {type(model).__name__}")
    return model


def stem(row: Entry) -> str:
    """Give the name of a model's file."""
    return row.path.split(":")[0].rsplit(".", 1)[1]


def cells(row: Entry, model: Network) -> tuple[str, ...]:
    """Give a model's line of the table."""
    parts = survey(model)
    own = _own(row) if parts.own else None
    odd = [str(cochain.rank) for cochain in model.reads if cochain.odd]
    neighborhoods = own.neighborhoods if own and own.neighborhoods else ", ".join(parts.neighborhoods)
    return (
        f"[{row.name}](#{row.name})",
        neighborhoods or "none",
        own.message if own else ", ".join(dict.fromkeys(KINDS[name] for name in parts.messages)),
        own.within if own else ", ".join(parts.within),
        (own.across if own else ", ".join(parts.across)) or "-",
        own.update if own else _updates(parts),
        f"odd on {', '.join(odd)}" if odd else "even",
        ", ".join(row.breaks) or "none",
    )


def _own(row: Entry) -> Own:
    if stem(row) not in OWN:
        raise KeyError(f"{row.name} has layers that are no list of routes; say in OWN of {__file__} what they do")
    return OWN[stem(row)]


def _updates(parts: Parts) -> str:
    """Leave out the update that is the message itself, unless there is no other."""
    return ", ".join([text for text in parts.updates if text != "m"] or parts.updates)


def section(row: Entry, model: Network) -> str:
    """Give what stands below the table on one model."""
    reads = ", ".join(map(str, model.reads))
    runs = "any complex" if len(row.domains) >= 6 else ", ".join(row.domains)
    lift = f" Other data is lifted with `{row.lift}`." if row.lift else ""
    equations = "\n".join(model.equations())
    return (
        f"### {row.name}\n\n{citation(row.reference)}. `{row.path.split(':')[1]}` reads {reads} here, and runs on "
        f"{runs}.{lift}\n\n```\n{equations}\n```\n\n![{row.name}](pictures/models/{row.name}.svg)\n"
    )


def page() -> tuple[str, dict[str, str]]:
    """Give the whole page, and the pictures by their names."""
    built = {row.name: build(row) for row in catalog.CATALOG}
    domains = list(dict.fromkeys(row.domain for row in catalog.CATALOG))
    count, papers = len(built), len({row.reference for row in catalog.CATALOG})
    text = [HEAD.format(count=count, papers=papers, domains=sum(domain != "points" for domain in domains))]
    for domain in domains:
        rows = [row for row in catalog.CATALOG if row.domain == domain]
        table = [COLUMNS, ("---",) * len(COLUMNS), *(cells(row, built[row.name]) for row in rows)]
        lines = "\n".join("| " + " | ".join(each.replace("|", r"\|") for each in line) + " |" for line in table)
        text.append(f"## {TITLES[domain]}\n\n{lines}\n")
        text += [section(row, built[row.name]) for row in rows]
    return "\n".join(text), {name: model.diagram() + "\n" for name, model in built.items()}


def main() -> None:
    """Write the page and its pictures, and remove pictures of models that are no more."""
    text, pictures = page()
    PAGE.write_text(text, encoding="utf-8")
    PICTURES.mkdir(parents=True, exist_ok=True)
    for path in PICTURES.glob("*.svg"):
        if path.stem not in pictures:
            path.unlink()
    for name, svg in pictures.items():
        (PICTURES / f"{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
