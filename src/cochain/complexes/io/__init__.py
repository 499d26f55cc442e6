"""Reading and writing: any file or folder that holds a complex, by one pair of functions.

`read(path)` finds the format by the name and, where that leaves a choice, by the content; `inspect(path)` says what
was found and how every column was understood; `write(c, path)` goes by the suffix. `formats.py` lists the formats.
"""

from cochain.complexes.io.columns import Column
from cochain.complexes.io.draft import Draft
from cochain.complexes.io.formats import FORMATS, Format
from cochain.complexes.io.limits import Limits
from cochain.complexes.io.reading import Description, ReadingNote, inspect, read, write

__all__ = ["FORMATS", "Column", "Description", "Draft", "Format", "Limits", "ReadingNote", "inspect", "read", "write"]
