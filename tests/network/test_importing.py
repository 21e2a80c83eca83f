"""Weights saved by fastai, PyTorch and others: the imported network makes the same predictions."""

import json
import re
import warnings

import numpy as np
import pytest
import torch
from fastai.vision.models import xresnet
from safetensors.torch import load_file, save_file
from torch import nn

from galviz import cli
from galviz.features.extraction import extract
from galviz.network.activations import ActivationRecorder
from galviz.network.builders import BuilderError, build_network
from galviz.network.card import CardError, read_card
from galviz.network.forward import preprocess
from galviz.network.importing import IMAGENET, import_model
from galviz.network.model import load_model
from galviz.network.spec import NetworkSpec, xresnet_spec
from galviz.network.state_dict_file import read_state

pytestmark = pytest.mark.full

XRESNET = {"sa": False, "act_cls": "ReLU"}
# The smallest network with a head and batch norms that timm builds.
BUILDER = "timm:test_resnet"
PIXELS = {"crop_px": 48, "mean": (0.1, 0.2, 0.3), "std": (0.2, 0.3, 0.4)}


def import_command(weights, out, *arguments, crop=48, normalise=("--normalize", "imagenet")):
    return cli.main(
        ["import-model", *map(str, [weights, "--out", out, "--crop", crop, *normalise, *arguments])],
    )


@pytest.fixture(scope="module")
def learner(tmp_path_factory, small_survey):
    """A Learner of fastai with a narrow xresnet18, trained for an epoch on the inclination."""
    from fastai.callback import progress, schedule  # noqa: F401 (they give the Learner no_bar and fit_one_cycle)
    from fastai.data.core import DataLoaders
    from fastai.learner import Learner
    from fastai.losses import MSELossFlat
    from fastai.optimizer import ranger
    from fastai.torch_core import set_seed

    set_seed(7)
    ids = small_survey.object_ids[:32]
    mean, std = torch.tensor(PIXELS["mean"]), torch.tensor(PIXELS["std"])
    pixels = torch.stack(
        [torch.from_numpy(np.array(small_survey.image(name).crop((8, 8, 56, 56)))) / 255 for name in ids]
    )
    images = ((pixels - mean) / std).permute(0, 3, 1, 2).contiguous().float()
    targets = torch.tensor(small_survey.catalogue.loc[ids, ["inclination_deg"]].to_numpy(np.float32)) / 90
    rows = list(zip(images, targets, strict=True))
    loaders = DataLoaders.from_dsets(rows, rows, bs=8, device="cpu", num_workers=0)
    network = xresnet.xresnet18(n_out=1, widen=0.25)
    fastai_learner = Learner(
        loaders, network, loss_func=MSELossFlat(), opt_func=ranger, path=tmp_path_factory.mktemp("fastai")
    )
    with fastai_learner.no_bar(), fastai_learner.no_logging():
        fastai_learner.fit_one_cycle(1, 1e-3)
    return fastai_learner, ids


def fastai_predictions(fastai_learner, side="valid"):
    with fastai_learner.no_bar(), fastai_learner.no_logging():
        return fastai_learner.get_preds(dl=getattr(fastai_learner.dls, side))[0].numpy()[:, 0]


@pytest.mark.parametrize("with_opt", [True, False])
def test_a_network_of_fastai_predicts_what_it_predicts_in_fastai(learner, small_survey, tmp_path, capsys, with_opt):
    fastai_learner, ids = learner
    weights = fastai_learner.save(f"saved-{with_opt}", with_opt=with_opt)
    card = tmp_path / "inclined.json"
    normalise = ("--mean", "0.1,0.2,0.3", "--std", "0.2,0.3,0.4")
    arguments = (
        "--builder",
        "xresnet18",
        "--options",
        "sa=false,act_cls=ReLU,widen=0.25",
        "--label",
        "inclination_deg",
    )
    assert import_command(weights, card, *arguments, "--unit", "°", normalise=normalise) == 0
    assert str(card) in capsys.readouterr().out
    network = load_model(card)
    assert (network.card.label, network.card.unit, network.card.name) == ("inclination_deg", "°", "inclined")
    assert network.layer_names == ["stem", "stage1", "stage2", "stage3", "features"]
    saved = fastai_learner.model.state_dict()
    assert network.state_dict().keys() == saved.keys()
    assert all(torch.equal(values, saved[name]) for name, values in network.state_dict().items())
    features = extract(network, small_survey, ids, device="cpu")
    np.testing.assert_allclose(features.predictions, fastai_predictions(fastai_learner), rtol=1e-5, atol=1e-6)
    assert np.ptp(features.predictions) > 1e-4  # not one number for all


def test_a_vision_learner_is_imported(small_survey, tmp_path, capsys):
    from fastai.data.core import DataLoaders
    from fastai.losses import MSELossFlat
    from fastai.vision.learner import vision_learner
    from torchvision.models import squeezenet1_1

    torch.manual_seed(3)
    rows = [(torch.randn(3, 48, 48), torch.randn(1)) for _ in range(8)]
    loaders = DataLoaders.from_dsets(rows, rows, bs=4, device="cpu", num_workers=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        learner = vision_learner(
            loaders, squeezenet1_1, n_out=1, pretrained=False, loss_func=MSELossFlat(), path=tmp_path, normalize=False
        )
    weights = learner.save("vision")
    assert (
        import_command(weights, tmp_path / "v.json", "--builder", "fastai:squeezenet1_1", "--label", "metallicity") == 0
    )
    network = load_model(tmp_path / "v.json")
    images = [small_survey.image(name) for name in small_survey.object_ids[:4]]
    expected = learner.model.eval()(preprocess(images, network.card)).detach().numpy()[:, 0]
    _, predicted = ActivationRecorder(network, device="cpu")(images)
    np.testing.assert_allclose(predicted, expected, rtol=1e-5, atol=1e-6)


def saved_network(tmp_path, builder=BUILDER, seed=4, **options):
    """A network of a builder, and the file in which PyTorch keeps its state dict."""
    network = build_network(NetworkSpec(builder, {"output": ""}, options=options), seed=seed).eval()
    torch.save(network.state_dict(), tmp_path / "weights.pth")
    return network, tmp_path / "weights.pth"


@pytest.mark.parametrize(
    ("builder", "crop"), [("torchvision:mobilenet_v3_small", 48), ("timm:test_convnext", 64), ("timm:test_vit", 160)]
)
def test_state_dicts_of_torchvision_and_timm(builder, crop, small_survey, tmp_path):
    network, weights = saved_network(tmp_path, builder, num_classes=1)
    arguments = ("--builder", builder, "--label", "metallicity", "--unit", "dex")
    assert import_command(weights, tmp_path / "card.json", *arguments, crop=crop) == 0
    imported = load_model(tmp_path / "card.json")
    assert (imported.card.mean, imported.card.std) == IMAGENET
    images = [small_survey.image(name) for name in small_survey.object_ids[:3]]
    with torch.no_grad():
        expected = network(preprocess(images, imported.card)).numpy()[:, 0]
    _, predicted = ActivationRecorder(imported, device="cpu")(images)
    np.testing.assert_array_equal(predicted, expected)


def test_safetensors_are_imported_and_float32_is_kept_bit_for_bit(tmp_path):
    network, _ = saved_network(tmp_path, num_classes=1)
    save_file({name: values.contiguous() for name, values in network.state_dict().items()}, tmp_path / "w.safetensors")
    arguments = ("--builder", BUILDER, "--label", "metallicity")
    assert import_command(tmp_path / "w.safetensors", tmp_path / "card.json", *arguments) == 0
    written = load_file(tmp_path / "card.safetensors")
    for name, values in network.state_dict().items():
        assert written[name].dtype == values.dtype
        assert torch.equal(written[name], values)


WRAPPINGS = {
    "DataParallel": lambda state: {f"module.{name}": values for name, values in state.items()},
    "Lightning": lambda state: {"state_dict": {f"model.{name}": values for name, values in state.items()}, "epoch": 3},
    "compiled in DataParallel": lambda state: {f"module._orig_mod.{name}": values for name, values in state.items()},
    "half precision": lambda state: {n: v.half() if v.is_floating_point() else v for n, v in state.items()},
    "before batches were counted": lambda state: {n: v for n, v in state.items() if "num_batches" not in n},
}


@pytest.mark.parametrize("how", WRAPPINGS)
def test_wrappings_of_a_state_dict_are_removed(how, tmp_path):
    network, weights = saved_network(tmp_path, num_classes=1)
    torch.save(WRAPPINGS[how](network.state_dict()), weights)
    imported = import_model(weights, BUILDER, label="metallicity", **PIXELS)
    image = torch.randn(1, 3, 48, 48, generator=torch.Generator().manual_seed(1))
    expected = network.half().float()(image) if how == "half precision" else network(image)
    assert torch.equal(imported(image), expected)


def test_one_of_two_networks_in_a_file_is_named_by_its_prefix(tmp_path):
    teacher, _ = saved_network(tmp_path, num_classes=1, seed=1)
    student, weights = saved_network(tmp_path, num_classes=1, seed=2)
    both = {f"{who}.{name}": values for who, network in (("student", student), ("teacher", teacher))
            for name, values in network.state_dict().items()}  # fmt: skip
    torch.save(both, weights)
    with pytest.raises(CardError, match=r"--prefix, such as '(student|teacher)\.'"):
        import_model(weights, BUILDER, label="metallicity", **PIXELS)
    for prefix, network in (("student.", student), ("teacher.", teacher)):
        imported = import_model(weights, BUILDER, label="metallicity", prefix=prefix, **PIXELS)
        assert torch.equal(imported.fc.weight, network.fc.weight)
    with pytest.raises(CardError, match="no tensor whose name begins with 'uncle'"):
        import_model(weights, BUILDER, label="metallicity", prefix="uncle", **PIXELS)


@pytest.mark.parametrize(("builder", "outputs"), [("torchvision:resnet18", 0), (BUILDER, 0), (BUILDER, 7)])
def test_encoders_make_no_predictions(builder, outputs, small_survey, tmp_path):
    network, weights = saved_network(tmp_path, builder, num_classes=outputs)
    assert import_command(weights, tmp_path / "card.json", "--builder", builder, "--encoder") == 0
    encoder = load_model(tmp_path / "card.json")
    features = extract(encoder, small_survey, small_survey.object_ids[:3], layers=["block1", "features"], device="cpu")
    assert features.predictions is None
    assert encoder.card.label is None
    assert features.last_layer == "features"
    images = preprocess([small_survey.image(name) for name in features.object_ids], encoder.card)
    network.fc = nn.Identity()
    with torch.no_grad():
        expected = network(images).numpy()
    np.testing.assert_allclose(features.layers["features"], expected, rtol=1e-5, atol=1e-6)


def test_layers_and_head_are_named_by_the_user(tmp_path):
    _, weights = saved_network(tmp_path, "torchvision:shufflenet_v2_x0_5", num_classes=1)
    arguments = ("--builder", "torchvision:shufflenet_v2_x0_5", "--label", "metallicity")
    layers = ("--layers", "early=stage2,late=conv5", "--head", "fc")
    assert import_command(weights, tmp_path / "card.json", *arguments, *layers) == 0
    card = read_card(tmp_path / "card.json")
    assert dict(card.spec.layers) == {"early": "stage2", "late": "conv5"}
    assert dict(card.layers) == {"early": 48, "late": 1024}
    assert card.spec.head == "fc"


# --- what is refused, in one sentence ---------------------------------------------------------------------------------


class CreatesFile:
    def __reduce__(self):
        return open, ("mischief.txt", "w")


@pytest.fixture(scope="module")
def xresnet_weights(tmp_path_factory):
    """The state dict of an xresnet18 of full width, saved by PyTorch."""
    path = tmp_path_factory.mktemp("weights") / "w.pth"
    torch.save(build_network(xresnet_spec("xresnet18", widen=1.0, **XRESNET), seed=1).state_dict(), path)
    return path


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--label", "metallicity", "--normalize", "imagenet"], "must include act_cls and sa"),
        (["--label", "metallicity", "--options", "sa=false,act_cls=ReLU"], "Specify how pixels are normalised"),
        (["--label", "metallicity", "--normalize", "imagenet", "--mean", "0,0,0"], "Specify how pixels are normalised"),
        (["--label", "a", "--mean", "0,0", "--std", "1,1,1"], "--mean must be three numbers"),
        (["--label", "a", "--normalize", "imagenet", "--options", "sa"], "--options must be like name=value"),
        (["--label", "a", "--normalize", "imagenet", "--options", "sa=maybe"], "must be true or false; got 'maybe'"),
        (["--label", "a", "--normalize", "imagenet", "--options", "depth=3"], "must be among"),
        (["--label", "a", "--normalize", "imagenet", "--options", "sa=true,sa=false"], "'sa' twice"),
        (
            ["--label", "a", "--mean", "104,117,123", "--std", "1,1,1", "--options", "sa=false,act_cls=ReLU"],
            "three numbers from 0 to 1",
        ),
        (["--label", "objID", "--normalize", "imagenet", "--options", "sa=false,act_cls=ReLU"], "name of a column"),
        (["--label", "a", "--normalize", "imagenet", "--options", "sa=true,act_cls=ReLU"], "they lack"),
    ],
)
def test_required_arguments_are_never_guessed(arguments, message, xresnet_weights, tmp_path, capsys):
    command = ["import-model", xresnet_weights, "--builder", "xresnet18", "--crop", 48, "--out", tmp_path / "c.json"]
    assert cli.main([str(argument) for argument in [*command, *arguments]]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_the_crop_and_the_label_must_be_named(tmp_path, capsys):
    for given, missing in ((["--label", "a"], "--crop"), (["--crop", "48"], "--label")):
        with pytest.raises(SystemExit, match="2"):
            cli.main(["import-model", "w.pth", "--builder", "xresnet18", "--out", str(tmp_path / "c.json"), *given])
        assert missing in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda state: {n: v for n, v in state.items() if n != "fc.bias"}, r"they lack fc\.bias\."),
        (lambda state: state | {"fc2.bias": torch.ones(1)}, r"they hold fc2\.bias\."),
        (lambda state: state | {"bn1.weight": torch.ones(33)}, r"bn1\.weight has shape \(33,\)"),
        (lambda state: state | {"fc.weight": torch.tensor(1.0)}, r"fc\.weight has shape \(\)"),
        (lambda state: state | {"fc.bias": torch.tensor([torch.nan])}, "a value that isn't finite, in fc.bias"),
        (lambda state: state | {"bn1.running_var": -torch.ones(32)}, r"negative variance, in bn1\.running_var"),
        (lambda state: state | {"fc.bias": torch.ones(1, dtype=torch.int8)}, r"fc\.bias holds torch\.int8"),
        (lambda state: state | {"fc.bias": torch.ones(1, dtype=torch.bool)}, r"fc\.bias holds torch\.bool"),
        (
            lambda state: state | {"fc.bias": torch.full((1,), 1e-50, dtype=torch.float64)},
            r"fc\.bias would become zero",
        ),
        (lambda state: state | {"fc.bias": torch.ones(1, dtype=torch.complex64)}, r"fc\.bias is complex"),
        pytest.param(
            lambda state: state | {"fc.weight": state["fc.weight"].to_sparse()},
            r"fc\.weight is sparse",
            marks=pytest.mark.filterwarnings("ignore:Validating sparse"),
        ),
        (lambda state: state | {"fc.bias": torch.ones(1, device="meta")}, r"fc\.bias is without data"),
        (lambda state: {"epoch": 3, "model": "resnet"}, "epoch, model are no tensors"),
        (lambda state: [state], "must hold a state dict; got a list"),
        (lambda state: {}, "must hold a state dict; got a dict"),
        (lambda state: {"other.weight": torch.ones(2)}, "they lack"),
    ],
)
def test_weights_that_dont_fit_are_refused_in_one_line(change, message, tmp_path):
    network, weights = saved_network(tmp_path, num_classes=1)
    torch.save(change(dict(network.state_dict())), weights)
    with pytest.raises(CardError, match=message) as caught:
        import_model(weights, BUILDER, label="metallicity", **PIXELS)
    assert "\n" not in str(caught.value)
    assert str(weights) in str(caught.value)


def test_complex_weights_in_safetensors_are_one_error(tmp_path):
    network, _ = saved_network(tmp_path, num_classes=1)
    save_file(network.state_dict() | {"fc.bias": torch.ones(1, dtype=torch.complex64)}, tmp_path / "w.safetensors")
    with pytest.raises(CardError, match=r"fc\.bias is complex"):
        import_model(tmp_path / "w.safetensors", BUILDER, label="metallicity", **PIXELS)


def test_a_label_needs_one_output(tmp_path):
    _, weights = saved_network(tmp_path, num_classes=7)
    with pytest.raises(ValueError, match="must output one number per image"):
        import_model(weights, BUILDER, label="metallicity", **PIXELS)


def test_pickles_are_refused_without_running_them(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    pickles = {"export.pkl": CreatesFile(), "module.pth": nn.Linear(2, 1), "inside.pt": {"model": {"a": CreatesFile()}}}
    for name, content in pickles.items():
        torch.save(content, tmp_path / name)
        status = import_command(name, "c.json", "--builder", BUILDER, "--encoder")
        error = capsys.readouterr().err
        assert (status, error.count("\n")) == (2, 1)
        assert name in error
        assert "learn.save('name')" in error
    assert not (tmp_path / "mischief.txt").exists()
    assert not (tmp_path / "c.json").exists()


@pytest.mark.parametrize("content", [b"", b"not a file of PyTorch", b"PK\x03\x04 half a zip", b"\x80\x02}q\x00"])
def test_rubbish_is_one_error(content, tmp_path):
    for name in ("w.pth", "w.safetensors"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(CardError, match=re.escape(name)) as caught:
            read_state(tmp_path / name)
        assert "\n" not in str(caught.value)
    with pytest.raises(CardError, match="no weights"):
        read_state(tmp_path / "none.pth")


def test_a_flipped_bit_in_a_file_of_torch_save_is_noticed(tmp_path):
    file = tmp_path / "w.pth"
    torch.save({"weight": torch.arange(64.0)}, file)
    content = bytearray(file.read_bytes())
    content[content.index(torch.arange(64.0).numpy().tobytes()) + 130] ^= 1
    file.write_bytes(content)
    with pytest.raises(CardError, match="damaged"):
        read_state(file)


def test_a_dict_that_contains_itself_is_no_state_dict(tmp_path):
    content = {}
    content["model"] = content
    torch.save(content, tmp_path / "w.pth")
    with pytest.raises(CardError, match="state dict"):
        read_state(tmp_path / "w.pth")


def test_unknown_builders(tmp_path):
    _, weights = saved_network(tmp_path, num_classes=1)
    for builder in ("resnet18", "torchvision", "torchvision:fasterrcnn_resnet50_fpn", "hub:resnet18", "xresnet18:a"):
        with pytest.raises(BuilderError):
            import_model(weights, builder, label="metallicity", **PIXELS)


def test_a_network_that_is_there_is_not_replaced(tmp_path, capsys):
    _, weights = saved_network(tmp_path, num_classes=1)
    arguments = ("--builder", BUILDER, "--encoder")
    assert import_command(weights, tmp_path / "c.json", *arguments) == 0
    before = (tmp_path / "c.json").read_bytes()
    assert import_command(weights, tmp_path / "c.json", *arguments) == 2
    assert "exists. Name another file" in capsys.readouterr().err
    assert (tmp_path / "c.json").read_bytes() == before
    assert import_command(weights, tmp_path / "c.json", *arguments, "--force") == 0
    assert json.loads(before)["training"] == {"imported_from": "weights.pth"}
