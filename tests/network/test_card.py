"""A model card is validated as a whole, or refused in one line that names the file; it is immutable."""

import copy
import hashlib
import json
import math
import os
import pickle
import socket
import subprocess
import sys
from dataclasses import FrozenInstanceError, fields
from functools import reduce
from operator import getitem
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from galviz.network import card as card_module
from galviz.network.card import CardError, ModelCard, combined_sha256, file_sha256, read_card, write_card
from galviz.network.spec import xresnet_spec

ROOT = Path(__file__).parents[2]
ARCHITECTURE = {"name": "xresnet34", "n_out": 1, "sa": True, "act_cls": "Mish", "widen": 0.5}
# As JSON has it, written out by hand: half of xresnet34's channels, but for the stem, which isn't widened.
CONTENT = {
    "name": "half",
    "task": "regression",
    "label": "metallicity",
    "unit": "dex",
    "spec": xresnet_spec(widen=0.5).to_json(),
    "layers": {"stem": 64, "stage1": 32, "stage2": 64, "stage3": 128, "features": 256},
    "pad_px": 144,
    "crop_px": 112,
    "mean": [0.0, 0.15, 1],
    "std": [0.1, 0.0001, 1.0],
    "survey_sha256": "0123456789abcdef" * 4,
    "weights": "half.safetensors",
    "weights_sha256": "f" * 64,
    "training": {"recipe": {"lr": 0.01, "causes": ["redshift"]}, "epochs": [{"valid_rmse": 0.0857}], "where": "Zürich"},
    "label_mean": 8.75,
    "label_std": 0.24,
}
OPTIONAL = ("label_mean", "label_std")


@pytest.fixture
def content():
    return copy.deepcopy(CONTENT)


@pytest.fixture
def path(tmp_path, content):
    """A card in a file."""
    return written(content, tmp_path / "half.json")


def written(content, path):
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def refused(path):
    """The message for a card that can't be used: one line that names the file."""
    with pytest.raises(CardError) as caught:
        read_card(path)
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    assert message.endswith(".")
    return message


# --- reading and writing ----------------------------------------------------------------------------------------------


def test_a_card_has_the_content_of_its_file(path):
    card = read_card(path)
    assert (card.name, card.task, card.label, card.unit) == ("half", "regression", "metallicity", "dex")
    assert card.spec == xresnet_spec(widen=0.5)
    assert list(card.layers.items()) == [
        ("stem", 64),
        ("stage1", 32),
        ("stage2", 64),
        ("stage3", 128),
        ("features", 256),
    ]
    assert (card.pad_px, card.crop_px) == (144, 112)
    assert (card.mean, card.std) == ((0.0, 0.15, 1), (0.1, 0.0001, 1.0))
    assert (card.survey_sha256, card.weights_sha256) == ("0123456789abcdef" * 4, "f" * 64)
    assert card.weights == "half.safetensors"
    assert card.training["epochs"][0]["valid_rmse"] == 0.0857
    assert "Zürich" not in repr(card)


@pytest.mark.parametrize("of_type", [str, Path])
def test_a_card_is_found_by_its_weights(path, of_type):
    assert read_card(of_type(path.with_suffix(".safetensors"))) == read_card(of_type(path))


def test_the_shipped_card_is_the_default(path, monkeypatch):
    assert ROOT / "data" / "models" / "xresnet34-1.json" == card_module.shipped_card_path()
    monkeypatch.setattr(card_module, "shipped_card_path", lambda: path)
    assert read_card() == read_card(path)


def test_a_written_card_reads_back_equal(path, content):
    card = read_card(path)
    again = path.with_name("again.json")
    write_card(card, again)
    text = again.read_text(encoding="utf-8")
    assert json.loads(text) == content
    assert list(json.loads(text)) == [item.name for item in fields(ModelCard)]
    assert "Zürich" in text
    assert text.endswith("}\n")
    assert read_card(again) == card
    write_card(read_card(again), path)
    assert path.read_bytes() == again.read_bytes()


def test_a_failed_write_leaves_the_old_card(path, content):
    before = path.read_bytes()
    card = read_card(path)
    with pytest.raises(OSError, match="nowhere"):
        write_card(card, path.parent / "nowhere" / "half.json")
    content["training"]["started"] = path
    with pytest.raises(TypeError):
        write_card(ModelCard(**content | {"spec": card.spec}), path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_layers_keep_the_order_of_the_forward_pass_and_numbers_their_type(content, tmp_path):
    straight = read_card(written(content, tmp_path / "straight.json"))
    content["layers"] = dict(reversed(content["layers"].items())) | {"stem": 64.0}
    first_format = with_architecture(n_out=1.0, sa=1)
    card = read_card(written(changed(content, first_format), tmp_path / "turned.json"))
    assert list(card.layers.items()) == list(straight.layers.items())
    assert [type(channels) for channels in card.layers.values()] == [int] * 5
    assert (type(card.spec.options["n_out"]), type(card.spec.options["sa"])) == (int, bool)


def test_cards_are_read_without_torch(path):
    script = f"import sys, galviz; galviz.read_card({str(path)!r}); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# --- nobody can change one --------------------------------------------------------------------------------------------


def test_a_card_can_t_be_changed(path):
    card = read_card(path)
    for item in fields(ModelCard):
        with pytest.raises(FrozenInstanceError):
            setattr(card, item.name, None)
    with pytest.raises(FrozenInstanceError):
        card.spec.head = "9"
    for mapping in (card.layers, card.training, card.training["recipe"], card.training["epochs"][0]):
        with pytest.raises(TypeError, match="does not support item assignment"):
            mapping["stem"] = 1
    for sequence in (card.mean, card.std, card.training["epochs"], card.training["recipe"]["causes"]):
        assert type(sequence) is tuple


def test_a_card_has_copies_of_what_it_was_made_of(content):
    card = ModelCard(**content | {"spec": xresnet_spec(widen=0.5)})
    content["mean"][0] = 5.0
    content["layers"]["stem"] = 1
    content["training"]["recipe"]["lr"] = 5.0
    content["training"]["epochs"].append({})
    assert card == ModelCard(**copy.deepcopy(CONTENT) | {"spec": xresnet_spec(widen=0.5)})


# --- cards that can't be used -----------------------------------------------------------------------------------------


def with_architecture(**changes):
    """The change that makes a card of the first format, which had an architecture; ... removes a key."""
    return {"spec": ..., "architecture": ARCHITECTURE | changes}


def changed(content, changes):
    return {name: value for name, value in (content | changes).items() if value is not ...}


def with_spec(**changes):
    return {"spec": xresnet_spec(widen=0.5).to_json() | changes}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"mood": "good"}, "it has the unknown fields 'mood'"),
        ({"mood\n": 1, "x" * 99: 2}, rf"it has the unknown fields 'mood\n', '{'x' * 40}…'"),
        ({"name": None}, "name must be text; got None"),
        ({"label": 3}, "label must be the name of a column; got '3'"),
        ({"unit": ["dex"]}, "unit must be text; got ['dex']"),
        ({"weights": None}, "weights must be text; got None"),
        (
            {"weights": "../half.safetensors"},
            "weights must be the name of a .safetensors file beside the card; got '../half.safetensors'",
        ),
        (
            {"weights": "/etc/half.safetensors"},
            "weights must be the name of a .safetensors file beside the card; got '/etc/half.safetensors'",
        ),
        ({"weights": "half.pth"}, "weights must be the name of a .safetensors file beside the card; got 'half.pth'"),
        ({"weights": ""}, "weights must be the name of a .safetensors file beside the card; got ''"),
        (
            {"weights": "a\0.safetensors"},
            r"weights must be the name of a .safetensors file beside the card; got 'a\x00.safetensors'",
        ),
        ({"task": "classification"}, "task must be 'regression' or 'embedding'; got 'classification'"),
        ({"task": None}, "task must be 'regression' or 'embedding'; got None"),
        ({"survey_sha256": "0" * 63}, f"survey_sha256 must be a checksum of 64 hexadecimal digits; got '{'0' * 63}'"),
        ({"weights_sha256": "0" * 65}, f"weights_sha256 must be a checksum of 64 hexadecimal digits; got '{'0' * 65}'"),
        ({"weights_sha256": "F" * 64}, f"weights_sha256 must be a checksum of 64 hexadecimal digits; got '{'F' * 64}'"),
        ({"weights_sha256": "f" * 64 + "\n"}, "weights_sha256 must be"),
        ({"weights_sha256": 0}, "weights_sha256 must be a checksum of 64 hexadecimal digits; got 0"),
        ({"training": []}, "training must be a JSON object"),
        ({"training": None}, "training must be a JSON object"),
        (
            {"pad_px": 112, "crop_px": 144},
            "32 <= crop_px <= pad_px; got 112 and 144",
        ),
        ({"pad_px": 144.0}, "32 <= crop_px <= pad_px; got 144.0 and 112"),
        ({"crop_px": True}, "32 <= crop_px <= pad_px; got 144 and True"),
        ({"crop_px": 31}, "32 <= crop_px <= pad_px; got 144 and 31"),
        ({"pad_px": 4097}, "32 <= crop_px <= pad_px; got 4097 and 112"),
        ({"pad_px": "144"}, "32 <= crop_px <= pad_px; got '144' and 112"),
        ({"mean": None}, "mean must be three numbers from 0 to 1; got None"),
        ({"mean": [0.1, 0.2]}, "mean must be three numbers from 0 to 1; got [0.1, 0.2]"),
        ({"mean": [0.1, 0.2, True]}, "mean must be three numbers from 0 to 1; got [0.1, 0.2, True]"),
        ({"mean": [0.1, 0.2, "0.3"]}, "mean must be three numbers from 0 to 1; got [0.1, 0.2, '0.3']"),
        ({"mean": [-0.1, 0.2, 0.3]}, "mean must be three numbers from 0 to 1; got [-0.1, 0.2, 0.3]"),
        ({"mean": [12.0, 14.0, 11.0]}, "mean must be three numbers from 0 to 1; got [12.0, 14.0, 11.0]"),
        ({"std": [0.1, 0.0, 0.1]}, "std must be three numbers from 0.0001 to 1; got [0.1, 0.0, 0.1]"),
        (
            {"std": {"r": 0.1, "g": 0.1, "b": 0.1}},
            "std must be three numbers from 0.0001 to 1; got {'r': 0.1, 'g': 0.1, 'b': 0.1}",
        ),
        ({"spec": ..., "architecture": "xresnet34"}, "architecture must be galviz's xresnet34; got 'xresnet34'"),
        (
            {"spec": ..., "architecture": {"name": "xresnet34"}},
            "architecture must be galviz's xresnet34; got {'name': 'xresnet34'}",
        ),
        (with_architecture(depth=3), "architecture must be galviz's xresnet34; got"),
        (with_architecture(name="xresnet50"), "architecture must be galviz's xresnet34; got {'name': 'xresnet50', "),
        (with_architecture(n_out=2), "architecture must be galviz's xresnet34; got"),
        (with_architecture(sa=False), "architecture must be galviz's xresnet34; got"),
        (with_architecture(act_cls="ReLU"), "architecture must be galviz's xresnet34; got"),
        (with_architecture(widen=True), "'widen': True}"),
        (with_architecture(widen=0), "'widen': 0}"),
        (with_architecture(widen="1"), "'widen': '1'}"),
        (with_architecture(widen=5), "'widen': 5}"),
        (with_spec(builder=None), "spec must name a registered builder; got none"),
        (with_spec(builder="os:system('rm')"), "builder must be a name such as"),
        (with_spec(builder=["xresnet34"]), "builder must be a name such as"),
        (with_spec(head=None), "spec must name a head for the task 'regression'"),
        (with_spec(head="11; import os"), "head must be the path of a module"),
        (with_spec(layers=[]), "layers must name at least one layer"),
        (with_spec(layers=[["objID", "2"]]), "layers must have printable names other than objID and prediction"),
        (with_spec(layers=[["stem", 2]]), "layers must have paths of modules"),
        (with_spec(layers={"stem": "2"}), "layers must be a list of names and paths"),
        (with_spec(layers=[["stem"]]), "layers must be pairs"),
        (with_spec(layers=[["stem", "2"], ["stem", "3"]]), "different names; got 'stem' twice"),
        (with_spec(layers=[["stage4", "2"]]), "different names; got 'stage4' twice"),
        (with_spec(pooling={"stage7": "spatial"}), "pooling must be given by the names of layers"),
        (with_spec(pooling={"stem": "median"}), "pooling must be one of spatial, "),
        (with_spec(options={"n_out": [1]}), "options must map names to numbers, strings, True or False"),
        (with_spec(code="x"), "spec must be an object with builder"),
        ({"spec": "xresnet34"}, "spec must be an object with builder"),
        ({"task": "embedding"}, "label must be null for the task 'embedding'; got 'metallicity'"),
        ({"layers": {"stem": 64}}, "layers must be those of the spec, ['stem', 'stage1', "),
        ({"layers": None}, "layers must be those of the spec"),
        *(
            ({"layers": CONTENT["layers"] | {"stem": channels}}, "layers must have a number of channels each")
            for channels in (0, 64.5, True, "64", 1e300)
        ),
        (
            {"label_std": 0},
            "label_mean and label_std must be numbers up to ±1e+30 and from 1e-30 to 1e+30; got 8.75 and 0",
        ),
        ({"label_std": -0.24}, "got 8.75 and -0.24"),
        ({"label_std": 1e-31}, "got 8.75 and 1e-31"),
        ({"label_std": True}, "got 8.75 and True"),
        ({"label_mean": None}, "got None and 0.24"),
        ({"label_mean": "8.75"}, "got '8.75' and 0.24"),
        ({"label_mean": 1e31}, "got 1e+31 and 0.24"),
    ],
)
def test_an_invalid_value_is_refused(tmp_path, content, changes, problem):
    message = refused(written(changed(content, changes), tmp_path / "card.json"))
    assert problem in message.partition("card.json is invalid: ")[2]
    assert message.endswith("Get card and weights again, or train again.")


@pytest.mark.parametrize(
    "changes",
    [
        {"label_mean": 1e9, "label_std": 1e-9},
        {"label_mean": -1e4, "label_std": 0.01},
        *({"training": {"surveys": surveys}} for surveys in ([1, 2], {}, "abc", [{"scale": "abc"}], [{"scale": 0}])),
    ],
)
def test_values_that_code_cannot_compute_with_are_refused(tmp_path, content, changes):
    (tmp_path / "net.json").write_text(json.dumps(content | changes))
    assert next(iter(changes)).partition("_")[0] in refused(tmp_path / "net.json")


@pytest.mark.parametrize("scale", [("abc", 1.0), (0.0, None), ([0], 1.0), (0.0, -1.0), (1e31, 1.0), (1e4, 1e-9)])
def test_a_card_without_a_label_needs_a_valid_scale_too(tmp_path, content, scale):
    embedding = {"task": "embedding", "label": None}
    assert read_card(written(content | embedding, tmp_path / "sound.json")).label is None
    changes = embedding | dict(zip(OPTIONAL, scale, strict=True))
    assert "is invalid: label_" in refused(written(content | changes, tmp_path / "card.json"))


@pytest.mark.parametrize("name", sorted(CONTENT.keys() - OPTIONAL))
def test_a_missing_field_is_refused(tmp_path, content, name):
    del content[name]
    assert f"is invalid: it lacks {name}. Get" in refused(written(content, tmp_path / "card.json"))


def test_all_missing_fields_are_named_at_once(tmp_path):
    names = ", ".join(sorted(CONTENT.keys() - OPTIONAL))
    assert f"it lacks {names}. Get" in refused(written({}, tmp_path / "card.json"))


@pytest.mark.parametrize("other", [[CONTENT], "card", 3, None, True])
def test_other_json_is_refused(tmp_path, other):
    assert "is invalid: it must be a JSON object" in refused(written(other, tmp_path / "card.json"))


@pytest.mark.parametrize(
    "rubbish",
    [
        b"",
        b"half",
        json.dumps(CONTENT).encode()[:-1],
        json.dumps(CONTENT).encode("utf-16"),
        b"\x80\x02}q\x00.",
        b"PK\x03\x04\xff",
        b"[" * 100_000,
        b"1" * 5_000,
    ],
    ids=lambda rubbish: repr(rubbish[:6]),
)
def test_what_is_not_json_is_refused(tmp_path, rubbish):
    path = tmp_path / "card.json"
    path.write_bytes(rubbish)
    message = refused(path)
    assert f"The model card {path} can't be read as JSON (" in message
    assert message.endswith("Name the .json beside the weights.")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"pad_px": 144', '"pad_px": 144, "pad_px": 144', "the key 'pad_px' is given twice"),
        ('"lr": 0.01', '"lr": 0.01, "lr": 0.02', "the key 'lr' is given twice"),
        ("0.0857", "NaN", "NaN is no finite number"),
        ("0.0857", "-Infinity", "-Infinity is no finite number"),
        ("0.0857", "1e999", "it holds a number beyond the range of a float"),
        ("0.0857", str(2**63), "it holds an integer beyond 64 bits"),
        ("0.0857", "1" * 5000, "Exceeds the limit"),
        ("0.0857", "[" * 30 + "]" * 30, "it is nested more than 32 levels deep"),
        ("0.0857", "[" * 20_000 + "]" * 20_000, "it is nested more than 32 levels deep"),
        ('"half"', r'"\ud800"', r"the text '\ud800' holds half of a surrogate pair"),
        ('"where"', r'"\udfff"', r"the text '\udfff' holds half of a surrogate pair"),
    ],
)
def test_ambiguous_json_is_refused(path, old, new, problem):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert f"can't be read as JSON ({problem}" in refused(path)


def test_a_byte_order_mark_is_ignored(path):
    card = read_card(path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_card(path) == card


@pytest.mark.parametrize("kind", ["a named pipe (FIFO)", "a socket", "a device"])
def test_a_card_that_is_no_regular_file_is_refused_at_once(tmp_path, kind):
    path = Path("/dev/zero") if kind == "a device" else tmp_path / "card.json"
    if kind == "a named pipe (FIFO)":
        os.mkfifo(path)
    elif kind == "a socket":
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(path))
    assert refused(path) == f"The model card {path} can't be read: it is {kind}, not a file. Check the file."


def test_a_file_too_large_for_a_card_is_refused(path):
    os.truncate(path, 2**40)  # a hole, which takes no space; to read it would take all memory
    assert "can't be read: it is larger than 16 MiB." in refused(path)


def test_a_missing_card_is_refused(tmp_path):
    message = refused(tmp_path / "none.json")
    assert message.startswith(f"There is no model card {tmp_path / 'none.json'}. Check the path, or train a network")
    with pytest.raises(CardError, match=r"There is no model card .*none\.json\."):
        read_card(tmp_path / "none.safetensors")


def test_a_folder_is_refused(tmp_path):
    message = refused(tmp_path)
    assert message.startswith(f"The model card {tmp_path} can't be read: ")
    assert message.endswith(". Check the file.")


# --- checksums --------------------------------------------------------------------------------------------------------


def test_checksums(tmp_path):
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    # FIPS 180-2's own example
    assert file_sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    with pytest.raises(FileNotFoundError):
        file_sha256(tmp_path / "none")
    first, second = "a" * 64, "b" * 64
    assert combined_sha256([first]) == first
    assert combined_sha256([first, second]) == hashlib.sha256(b"a" * 64 + b"b" * 64).hexdigest()
    assert combined_sha256([first, second]) != combined_sha256([second, first])


def test_a_card_can_be_copied_and_pickled(path):
    card = read_card(path)
    for other in (copy.deepcopy(card), pickle.loads(pickle.dumps(card))):
        assert other == card
        with pytest.raises(TypeError):
            other.layers["stem"] = 3


# --- every change counts ----------------------------------------------------------------------------------------------


def test_a_card_without_a_scale_has_the_label_s_own(path, content, tmp_path):
    for name in OPTIONAL:
        del content[name]
    card = read_card(written(content, path))
    assert (card.label_mean, card.label_std) == (0.0, 1.0)
    unscaled = read_card(written(content | {"label_mean": 0, "label_std": 1}, tmp_path / "unscaled.json"))
    assert unscaled == card
    assert unscaled.sha256 == card.sha256


@pytest.mark.parametrize("name", OPTIONAL)
def test_half_of_a_scale_is_refused(name, content, tmp_path):
    del content[name]
    assert "must be given together" in refused(written(content, tmp_path / "card.json"))


def test_the_checksum_is_that_of_the_sorted_json(path):
    canonical = json.dumps(CONTENT | {"mean": [0.0, 0.15, 1.0]}, sort_keys=True, separators=(",", ":"))
    assert read_card(path).sha256 == hashlib.sha256(canonical.encode()).hexdigest()


def test_layout_and_order_of_keys_don_t_change_the_checksum(path, tmp_path):
    def turned(value):
        return {key: turned(inner) for key, inner in reversed(value.items())} if isinstance(value, dict) else value

    card, other = read_card(path), tmp_path / "turned.json"
    other.write_text(json.dumps(turned(CONTENT), indent=7, ensure_ascii=False), encoding="utf-8")
    write_card(card, path)
    for same in (read_card(other), read_card(path), copy.deepcopy(card), pickle.loads(pickle.dumps(card))):
        assert same == card
        assert same.sha256 == card.sha256
        assert list(same.layers) == list(card.layers)
        assert same.spec.layer_names == card.spec.layer_names


def test_the_order_of_layers_is_part_of_a_card(path, tmp_path):
    card = read_card(path)
    layers = CONTENT["spec"]["layers"]
    other = written(CONTENT | {"spec": CONTENT["spec"] | {"layers": layers[::-1]}}, tmp_path / "turned.json")
    assert read_card(other).spec.layer_names == card.spec.layer_names[::-1]
    assert list(read_card(other).layers) == list(card.layers)[::-1]
    assert read_card(other).sha256 != card.sha256


def places(value, above=()):
    """Where each value of a card's JSON is: the keys and positions that lead to it."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [above] * bool(above) + [place for key, value in inside for place in places(value, (*above, key))]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return read_card(written(CONTENT, tmp_path_factory.mktemp("card") / "original.json"))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_change_of_a_card_gives_another_card_or_is_refused(original, tmp_path, data):
    changed = copy.deepcopy(CONTENT)
    *above, last = data.draw(st.sampled_from(places(CONTENT)), "place")
    holder = reduce(getitem, above, changed)
    kind = data.draw(st.sampled_from(["value", "nudge", "remove", "add"]), "kind")
    old = holder[last]
    if kind == "value":
        holder[last] = data.draw(JSON_VALUES, "value")
    elif kind == "nudge":
        nudged = {str: f"{old} ", float: math.nextafter(old, 2) if isinstance(old, float) else 0}
        holder[last] = nudged.get(type(old)) or (old + 1 if type(old) is int else None)
    elif kind == "remove":
        del holder[last]
    elif isinstance(holder, dict):
        holder[data.draw(st.text(max_size=8).filter(lambda key: key not in holder), "key")] = old
    else:
        holder.insert(last, data.draw(JSON_VALUES, "value"))
    path = tmp_path / "half.json"
    try:
        card = read_card(written(changed, path))
    except CardError as error:
        assert str(path) in str(error)  # noqa: PT017 (any change may be refused or not)
    else:
        assert (card == original) == (changed == CONTENT)
        assert (card.sha256 == original.sha256) <= (changed == CONTENT)


@pytest.mark.parametrize("place", [place for place in places(CONTENT) if isinstance(place[-1], str)], ids=str)
def test_a_duplicate_key_is_refused_at_any_depth(tmp_path, place):
    *above, last = place
    content = copy.deepcopy(CONTENT)
    holder = reduce(getitem, above, content)
    holder["twice"] = holder[last]  # as the last key, renamed in the text
    path = written(content, tmp_path / "half.json")
    path.write_text(path.read_text(encoding="utf-8").replace('"twice"', json.dumps(last)), encoding="utf-8")
    assert f"the key {last!r} is given twice" in refused(path)
