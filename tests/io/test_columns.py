"""What a column is: every role by hand, every ambiguity refused with its remedy, and a schema that is kept to."""

from pathlib import Path

import pytest
import torch

import cochain as cc
from cochain.complexes.schema import Schema, align


def nodes(tmp_path: Path, text: str) -> cc.io.Description:
    (tmp_path / "nodes.csv").write_text(text)
    (tmp_path / "edges.csv").write_text("source,target\n0,1\n")
    return cc.io.inspect(tmp_path)


def column(name: str, values: list[object]) -> str:
    return "\n".join([name, *map(str, values)]) + "\n"


def test_numbers_categories_labels_and_missing_values_by_hand(tmp_path: Path) -> None:
    text = "id,age,colour,member,label,note\na,1.5,red,yes,p,first\nb,,blue,no,q,second\nc,4,red,yes,,third\n"
    (tmp_path / "nodes.csv").write_text(text)
    (tmp_path / "edges.csv").write_text("source,target\na,b\nc,b\n")
    c = cc.io.read(tmp_path)
    assert c[0].x.tolist() == [[1.5, 0, 0, 1, 1], [0, 1, 1, 0, 0], [4, 0, 0, 1, 1]]
    assert c[0].y.tolist() == [0, 1, -1]
    assert c.schema == Schema(
        {0: ("age", "age?", "colour=blue", "colour=red", "member")}, {0: ("label",)}, {0: ("p", "q")}
    )
    found = {each.name: (each.role, each.why) for each in cc.io.inspect(tmp_path).columns}
    assert found["note"] == ("ignore", "text whose values all differ: a name")
    assert found["colour"] == ("category", "text with 2 repeating values")


@pytest.mark.parametrize(
    ("name", "values", "role"),
    [
        ("age", [31, 45, 28, 60], "number"),
        ("height", ["1.0", "2.0", "1.0", "2.0", "3.0", "3.0"], "number"),
        ("flag", [0, 1, 1, 0], "number"),
        ("ok", ["TRUE", "false", "TRUE", "false"], "number"),
        ("kind", ["a", "b", "a", "b"], "category"),
        ("key", ["a", "b", "a", "b"], "ignore"),
        ("motto", ["a", "b", "c", "d"], "ignore"),
        ("empty", ["", "NA", "", "?"], "ignore"),
        ("class", [3, 5, 3, 5], "label"),
        ("target", ["0.5", "1.5", "2.5", ""], "target"),
        ("y", ["cat", "dog", "cat", ""], "label"),
        ("label", ["true", "false", "true", "false"], "label"),
        ("weight", [1, 2, 3, ""], "weight"),
        ("split", ["train", "val", "test", ""], "split"),
        ("code:category", [1, 2, 3, 1], "category"),
        ("code:number", [1, 2, 3, 1], "number"),
        ("grade:target", [1, 2, 3, 1], "target"),
        ("grade:label", [1, 2, 3, 1], "label"),
        ("code:ignore", [1, 2, 3, 1], "ignore"),
        ("code:id", [1, 2, 3, 1], "ignore"),
    ],
)
def test_roles(tmp_path: Path, name: str, values: list[object], role: str) -> None:
    found = nodes(tmp_path, column(f"extra,{name}", [f"0.5,{value}" for value in values])).columns
    assert [each.role for each in found] == ["number", role]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (column("code", [1, 2, 3] * 3), r"'code' should have one clear meaning, .* 3 different whole numbers in 9 "
         r"rows; call it code:number or code:category"),
        (column("y", range(100, 140)), r"'y' should have one clear meaning, .* call it y:label or y:target"),
        (column("x,y", ["0.5,1.5", "2.5,3.5"]), r"stands beside y; call it x:position or x:number"),
        (column("label,class", ["a,b", "a,c", "d,c"]), r"'label' and 'class' could; call one label:ignore"),
        (column("age", [1.5, 2.5, "unknown", 3.5]), r"'unknown' is none; .* age:category or age:ignore"),
        (column("age:number", [1.5, "old"]), r"'age' should hold numbers, being a number, but holds 'old'"),
        (column("age:numbr", [1.5, 2]), r"did you mean 'age:number'"),
        (column("age", [1.5, "1e300"]), r"row 2 holds '1e300'"),
        (column("split:split", ["train", "tset"]), r"train, validation, test or nothing, but holds 'tset'"),
        (column("a:label,b:label", ["p,1", "q,0"]), r"each hold 0 or 1, but 'a' holds 'p'"),
        (column("a:label,b:target", ["p,1", "q,0"]), r"either classes or numbers"),
        (column("a,px:position", ["p,1.5", "q,"]), r"'px' should be known in every row, .* missing in row 2"),
        (column("a,a", ["p,1", "q,0"]), r"two are called 'a'"),
        (column("1,2", ["p,1", "q,0"]), r"line 1: should name the columns, but holds numbers"),
        ("a,b\n1.5,2\n1.5\n", r"line 3: should have 2 values.* but has 1"),
        ('a,b\n1.5,"2\n', r"should be a table, but"),
        ("", r"is empty"),
    ],
)  # fmt: skip
def test_what_is_not_clear_is_refused_with_its_remedy(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(cc.DataError, match=message) as caught:
        nodes(tmp_path, text)
    assert "nodes.csv" in str(caught.value)


def test_several_labels_become_columns(tmp_path: Path) -> None:
    c = nodes(tmp_path, column("a:label,b:label", ["0,1", "1,", "1,0"])).complex_
    torch.testing.assert_close(c[0].y, torch.tensor([[0.0, 1], [1, torch.nan], [1, 0]]), equal_nan=True)


def test_positions_and_splits(tmp_path: Path) -> None:
    c = nodes(tmp_path, "x,y,z,split\n0,1,2,train\n3,4,5,\n6,7,8,test\n").complex_
    assert c[0].pos.tolist() == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
    assert c[0].split.tolist() == [[0], [-1], [2]]


def write_and_read(tmp_path: Path, text: str, expect: Schema | None) -> cc.Complex:
    (tmp_path / "nodes.csv").write_text(text)
    (tmp_path / "edges.csv").write_text("source,target\n0,1\n")
    return cc.io.read(tmp_path, expect=expect)


TRAINED = Schema({0: ("age", "age?", "kind=a", "kind=b")}, {0: ("label",)}, {0: ("no", "yes")})


def test_new_data_is_read_as_the_old(tmp_path: Path) -> None:
    """Whole numbers, one category only, other order of columns: all are read as they were in training."""
    c = write_and_read(tmp_path, "label,kind,age\nyes,b,1\nyes,b,2\n", TRAINED)
    assert c[0].x.tolist() == [[1, 0, 0, 1], [2, 0, 0, 1]]
    assert c[0].y.tolist() == [1, 1]
    assert c.schema == TRAINED


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind\na\nb\n", r"rank 0 should have the feature 'age', as in training, but has 'kind=a', 'kind=b'"),
        ("age\n1.5\n2\n", r"should have the feature 'kind'"),
        ("age,kind\n1,a\n2,c\n", r"has 'kind=c', of which training knew 'kind=a', 'kind=b'"),
        ("age,kind,size\n1,a,3.5\n2,a,4\n", r"but has 'size'"),
        ("age,kind\nold,a\nyoung,a\n", r"'age' should hold numbers"),
        ("age,kind,label\n1,a,maybe\n2,a,no\n", r"classes on rank 0 should be among 'no', 'yes'.* one is 'maybe'"),
    ],
)
def test_data_of_another_schema_is_refused_by_name(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(cc.DataError, match=message):
        write_and_read(tmp_path, text, TRAINED)


def test_features_where_there_were_none(tmp_path: Path) -> None:
    c = cc.Complex.graph([(0, 1)]).with_cochain(0, "x", torch.ones(2, 1)).with_schema(Schema({0: ("a",)}))
    with pytest.raises(cc.DataError, match="rank 0 should have no features"):
        align(c, Schema({}))


def test_a_schema_fits_its_complex(tmp_path: Path) -> None:
    c = cc.Complex.graph([(0, 1)]).with_cochain(0, "x", torch.ones(2, 2))
    with pytest.raises(cc.ComplexError, match="should name the 2 channels of x on 0, but names 1"):
        c.with_schema(Schema({0: ("a",)}))
    with pytest.raises(cc.ComplexError, match="names rank 3"):
        c.with_schema(Schema({3: ("a",)}))
    named = c.with_schema(Schema({0: ("a", "b")}, {0: ("y",)}, {0: ("p", "q")}))
    assert named.with_cochain(0, "x", torch.ones(2, 3)).schema == Schema({}, {0: ("y",)}, {0: ("p", "q")})
    assert named.with_cochain(0, "x", torch.zeros(2, 2)).schema == named.schema
    named.save(tmp_path / "c")
    assert cc.Complex.load(tmp_path / "c").schema == named.schema
    for text in ("[]", "{}", '{"features": {"0": [1]}, "labels": {}, "classes": {}}', "x", "[" * 100_000):
        with pytest.raises(cc.ComplexError, match="a schema should hold features"):
            Schema.from_json(text)
