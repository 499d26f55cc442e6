"""A folder of files: each file is one component or more, labelled by a table or by its subfolder."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cochain.complexes.complex import Complex
from cochain.complexes.io.delimited import parse_table
from cochain.complexes.io.detect import detect
from cochain.complexes.io.draft import Cell, Draft, join
from cochain.complexes.io.formats import FORMATS, Format, resolve
from cochain.complexes.io.inside import inside
from cochain.complexes.io.limits import Limits
from cochain.errors import CochainError, DataError

LABELS = ("labels.csv", "labels.tsv")
FILE_KEYS = ("file", "filename", "name", "path")
PASSED_OVER = (".md", ".rst", ".log", ".mtl", ".license")
MOST_FILES = 1_000_000
DEEPEST = 2


@dataclass(frozen=True)
class Member:
    """One file of the folder."""

    path: Path
    """The file."""
    name: str
    """Its name from the folder on, with slashes."""
    label: str | None
    """Name of the subfolder it lies in."""


def read(path: Path, limits: Limits) -> Draft:
    """Read every file of a folder and join them.

    Subfolders are classes: `cats/a.off` has the label `cats`. Otherwise a table `labels.csv` may tell more of each
    file, in a column `file` and any others. Hidden files and notes (.md, .rst, .log) are
    passed over.

    Raises:
        DataError: when a file cannot be read (it is named, and how many there are), when a file is in no row of the
            table, or when there is nothing to read.
        ComplexError: when the files are of different domains.
    """
    members = _members(path)
    table = next((path / name for name in LABELS if (path / name).is_file()), None)
    if not members:
        known = " ".join(sorted({end for each in FORMATS if each.read for end in each.suffixes}))
        raise DataError(f"{path} should hold files to read, but holds none that ends in {known}; check the path")
    drafts = [_read_member(member, path, len(members), limits) for member in members]
    _refuse_mixture(members, drafts)
    joined = join(drafts)
    repeats = [len(draft.complex_) for draft in drafts]
    columns = {place: dict(own) for place, own in joined.columns.items()}
    origin = dict(joined.origin)
    notes = list(joined.notes)
    if len(members) > 1:
        notes.append(f"{len(members)} files, {len(joined.complex_)} components, in the order of their names")
    if table is not None:
        columns.setdefault("whole", {}).update(_from_table(table, path, members, repeats, limits))
        origin["whole"] = str(table)
    elif all(member.label is not None for member in members):
        labels: list[Cell] = [m.label for m, count in zip(members, repeats, strict=True) for _ in range(count)]
        columns.setdefault("whole", {})["class:label"] = labels
        origin.setdefault("whole", str(path))
        notes.append("the names of the subfolders are the classes")
    pairs = zip(members, drafts, strict=True)
    whole = tuple(name for member, draft in pairs for name in _names(member, draft, len(drafts)))
    return replace(joined, columns=columns, notes=tuple(notes), origin=origin, names={**joined.names, "whole": whole})


def _names(member: Member, draft: Draft, files: int) -> list[str]:
    """Give the names of the components of a file: the file's, its own names, or both where both are needed."""
    count = len(draft.complex_)
    own = draft.names.get("whole")
    if own is None and count == 1:
        return [member.name]
    own = own or tuple(map(str, range(count)))
    return list(own) if files == 1 else [f"{member.name}:{name}" for name in own]


def _members(folder: Path) -> list[Member]:
    """List the files, sorted by name.

    Raises:
        DataError: for a link that leads out, or more files than can be.
    """
    out = []
    for path, parts in _walk(folder, folder, ()):
        name = "/".join((*parts, path.name))
        if path.name.lower() in LABELS and not parts:
            continue
        if _known(path):
            out.append(Member(path, name, parts[0] if parts else None))
        if len(out) > MOST_FILES:
            raise DataError(f"{folder} should hold at most {MOST_FILES} files, but holds more; keep them in one file")
    return out


def _walk(folder: Path, root: Path, parts: tuple[str, ...]) -> Iterator[tuple[Path, tuple[str, ...]]]:
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        raise DataError(f"{folder} should be a folder that can be read, but is not: {error}") from error
    for entry in entries:
        if entry.name.startswith((".", "__")):
            continue
        inside(root, entry)
        if entry.is_dir():
            if len(parts) < DEEPEST:
                yield from _walk(entry, root, (*parts, entry.name))
        elif entry.is_file():
            yield entry, parts


def _known(path: Path) -> bool:
    """Whether a file is meant to be read: notes are not, everything with the suffix of a format is."""
    suffix = path.suffix.lower()
    return suffix not in PASSED_OVER and any(suffix in each.suffixes for each in FORMATS if each.read)


def _read_member(member: Member, folder: Path, count: int, limits: Limits) -> Draft:
    try:
        chosen: Format = detect(member.path, limits)
        assert chosen.read is not None
        found: Complex | Draft = resolve(chosen.read)(member.path, limits)
    except CochainError as error:
        if count == 1:
            raise
        raise DataError(
            f"{folder}: all {count} files should be readable, but {member.name} is not: {error}; nothing was read: "
            "repair or remove it"
        ) from error
    return found if isinstance(found, Draft) else Draft(found)


def _refuse_mixture(members: list[Member], drafts: list[Draft]) -> None:
    first = drafts[0].complex_
    for member, draft in zip(members, drafts, strict=True):
        if draft.complex_.domain != first.domain:
            raise DataError(
                f"the files of a folder should be of one domain, but {members[0].name} is a {first.domain} and "
                f"{member.name} a {draft.complex_.domain}; keep them in two folders"
            )


def _from_table(
    path: Path, folder: Path, members: list[Member], repeats: list[int], limits: Limits
) -> dict[str, list[Cell]]:
    """Give the columns of the table of labels, one value for each component."""
    table = parse_table(limits.read_bytes(inside(folder, path)), path, limits)
    key = table.find(*FILE_KEYS)
    if key is None:
        raise DataError(f"{path}, line 1: should have a column file, but has {', '.join(table.header)[:80]}; rename it")
    rows: dict[str, int] = {}
    for row, name in enumerate(table.columns[key]):
        if name in rows:
            raise DataError(f"{table.at(row)}: every file should stand in one row, but {name!r:.60} stands in two")
        rows[name] = row
    chosen = []
    for member, count in zip(members, repeats, strict=True):
        names = (member.name, member.path.name, member.path.stem)
        found = next((rows.pop(name) for name in names if name in rows), None)
        if found is None:
            raise DataError(f"{path} should have a row for every file, but has none for {member.name}; add it")
        chosen += [found] * count
    if rows:
        raise DataError(
            f"{table.at(min(rows.values()))}: should name a file of the folder, but names {min(rows)!r:.60}"
        )
    return {name: [values[row] for row in chosen] for name, values in table.without(key).items()}
