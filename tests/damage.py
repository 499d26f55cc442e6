"""Damage to files: what a bad disk, a broken download or an attacker does."""

from hypothesis import strategies as st

BYTES = st.one_of(st.sampled_from(list(b"0123456789-. \n\t,xeE\x00\xff")), st.integers(0, 255))


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """Change, cut, delete or insert some bytes of `data`, one to three times."""
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, max(len(data) - 1, 0)))
        kind = draw(st.sampled_from(["change", "cut", "delete", "insert"]))
        if kind == "change":
            data = data[:place] + bytes([draw(BYTES)]) + data[place + 1 :]
        elif kind == "cut":
            data = data[:place]
        elif kind == "delete":
            data = data[:place] + data[place + draw(st.integers(1, 8)) :]
        else:
            data = data[:place] + bytes(draw(st.lists(BYTES, min_size=1, max_size=6))) + data[place:]
    return data
