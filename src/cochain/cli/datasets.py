"""`cochain datasets`."""

from cochain.cli.show import Json, print_json, print_table


def datasets(as_json: Json = False) -> None:
    """List the data sets and where they are."""
    from dataclasses import asdict

    from cochain.datasets import registry, whereabouts

    rows = [(record, whereabouts(name)) for name, record in registry.items()]
    if as_json:
        print_json([{**asdict(record), "where": where} for record, where in rows])
        return
    print_table(
        ("data set", "domain", "task", "components", "cells", "folds", "where", "licence", "citation"),
        [
            (
                r.name, r.domain, f"{r.kind} on {r.target}", f"{r.components:,}", " ".join(f"{n:,}" for n in r.sizes),
                str(r.folds), where, r.licence, r.citation,
            )
            for r, where in rows
        ],
    )  # fmt: skip
