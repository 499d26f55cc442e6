"""`cochain catalog`."""

from cochain.cli.show import Json, print_json, print_table


def catalog(as_json: Json = False) -> None:
    """List the models."""
    from dataclasses import asdict

    from cochain.catalog import CATALOG

    if as_json:
        print_json([asdict(row) for row in CATALOG])
        return
    print_table(
        ("model", "published for", "runs on", "lift", "layer"),
        [(row.name, row.domain, _short(row.domains), row.lift or "", row.equation) for row in CATALOG],
    )


def _short(domains: tuple[str, ...]) -> str:
    from cochain.catalog import ANY

    return "any" if len(domains) == len(ANY) else ", ".join(domains)
