"""Reader of the counties of the United States: how they voted, and who lives there."""

import csv
import io
import re
from collections.abc import Mapping

import numpy as np

from cochain.complexes import Complex
from cochain.datasets.damage import require
from cochain.datasets.records import Dataset
from cochain.datasets.splits import random_splits
from cochain.datasets.tensors import with_task, without_loops
from cochain.errors import DataError

YEAR = "2016"
_NEAR = re.compile(rb"^[^\t\r\n]*\t(\d{5})?\t[^\t\r\n]*\t(\d{5})[ \t\r]*$", re.MULTILINE)
# Of each table: column of the code of the county, columns that are read, their prefix or name.
TABLES = {
    "education.csv": ("FIPS", ("BachelorRate2016",)),
    "income.csv": ("FIPS", ("MedianIncome2016",)),
    "population.csv": ("FIPS", ("R_birth_2016", "R_death_2016", "R_NET_MIG_2016")),
    "unemployment.csv": ("FIPS", ("Unemployment_rate_2016",)),
}


def read(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Join counties that touch; y is the lead of the Democrats in 2016, x is standardised; 60/20/20 splits."""
    by_name = {path.rsplit("/", 1)[1]: (path, data) for path, data in contents.items()}
    path, data = by_name["election.csv"]
    votes = read_columns(data, path, "fips_code", (f"dem_{YEAR}", f"gop_{YEAR}"))
    tables = [read_columns(*by_name[name][::-1], key, columns) for name, (key, columns) in TABLES.items()]
    path, data = by_name["adjacency.txt"]
    pairs = parse_neighbours(data, path)
    counties = np.intersect1d(np.unique(pairs), votes[0])
    for codes, _ in tables:
        counties = np.intersect1d(counties, codes)
    require(len(counties) > 100, path, "the counties of the other tables", f"shares {len(counties)} with them")
    x = np.concatenate([_rows(table, counties) for table in tables], axis=1)
    count = _rows(votes, counties)
    total = count.sum(axis=1)
    known = (total > 0) & np.isfinite(x).all(axis=1)
    counties, x, count, total = counties[known], x[known], count[known], total[known]
    inside = np.isin(pairs, counties).all(axis=0)
    edges = without_loops(np.searchsorted(counties, pairs[:, inside]))
    y = ((count[:, 0] - count[:, 1]) / total)[:, None]
    split = random_splits(np.zeros(len(y), dtype=np.int64), 0.6, 0.2, dataset.folds, seed=0)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    return with_task(Complex.graph(edges, num_nodes=len(counties)), 0, y.astype(np.float32), split, x)


def parse_neighbours(data: bytes, name: str) -> np.ndarray:
    """Read the table of the census: a county, its code, and then in each line a neighbour with its code, (2, pairs)."""
    rows = [match.groups() for match in _NEAR.finditer(data)]
    require(bool(rows) and rows[0][0] is not None, name, "a county and its neighbours", "has none")
    first = np.array([row[0] is not None for row in rows])
    owners = np.array([int(row[0]) for row in rows if row[0] is not None], dtype=np.int64)
    return np.stack([owners[np.cumsum(first) - 1], np.array([int(row[1]) for row in rows], dtype=np.int64)])


def read_columns(data: bytes, name: str, key: str, columns: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Read the codes and the named columns of a table; NaN where a cell is empty.

    Returns:
        Codes, int64 ascending (n,), and numbers, float64 (n, columns).
    """
    rows = csv.reader(io.StringIO(data.decode("latin1")))
    try:
        header = [cell.strip() for cell in next(rows)]
        places = [header.index(column) for column in (key, *columns)]
        cells = [
            [row[place].replace(",", "").replace("$", "").strip() or "nan" for place in places] for row in rows if row
        ]
        numbers = np.array(cells, dtype=np.float64)
        require(bool(np.isfinite(numbers[:, 0]).all()), name, "a code in each row", "has rows without")
    except (csv.Error, StopIteration, ValueError, IndexError) as error:
        raise DataError(f"{name} should have the columns {key}, {', '.join(columns)}, but has not ({error})") from error
    codes, first = np.unique(numbers[:, 0].astype(np.int64), return_index=True)
    return codes, numbers[first, 1:]


def _rows(table: tuple[np.ndarray, np.ndarray], counties: np.ndarray) -> np.ndarray:
    found: np.ndarray = table[1][np.searchsorted(table[0], counties)]
    return found
