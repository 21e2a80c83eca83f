"""The page of the network: its diagram shows a real forward pass, and the selected block's inside."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from galviz.artefacts.figures import LESSON_FIGURES
from galviz.charts.heatmap import heatmap
from galviz.features.features import load_features
from galviz.network.anatomy import LayerRow
from galviz.network.card import read_card
from galviz.network.crops import network_crop
from galviz.network.head import read_head
from galviz.survey.sample import draw_sample
from galviz.survey.survey import load_survey
from lessons.network.blocks import Activations, diagram_blocks, feature_picture, group_layers
from tests.drawn import address_of, addresses, sent_to_component

PAGE = "lessons/network"
NAMES = ["input", "stem", "stage1", "stage2", "stage3", "stage4", "features", "prediction"]


@pytest.fixture(scope="module")
def figures():
    return LESSON_FIGURES.load()


def shown_diagram(app):
    """What the only diagram of a page is sent, and its blocks by name."""
    assert not app.exception
    (diagram,) = sent_to_component(app, "galviz_network_diagram")
    return diagram, {block["name"]: block for block in diagram["blocks"]}


def picture(uri):
    return Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))


def page_text(app):
    return "\n".join(element.value for kind in (app.markdown, app.caption) for element in kind)


def made_up_activations(**changes):
    options = {
        "crop": Image.new("RGB", (112, 112)),
        "maps": {},
        "channels": {},
        "features": np.arange(512.0),
        "prediction": 8.9,
    }
    return Activations(**options | changes)


# The diagram


@pytest.mark.full
def test_shapes_are_those_of_a_forward_pass(run_app, figures):
    import torch

    from galviz.network.forward import preprocess
    from galviz.network.inspection import record_maps
    from galviz.network.model import load_model

    _, blocks = shown_diagram(run_app(page=PAGE, example=1))
    assert list(blocks) == NAMES
    network, image = load_model(), load_survey(verify=False).image(figures.object_ids[0])
    inputs = preprocess([image], network.card)
    with torch.no_grad():
        outputs = network(inputs)
    shapes = {"input": inputs.shape[1:], **{name: maps.shape for name, maps in record_maps(network, image).items()}}
    shapes |= {"features": (network.card.layers["features"],), "prediction": outputs.shape[1:]}
    for name, block in blocks.items():
        shape = " × ".join(filter(None, (block["channels"], block["places"])))
        assert shape == " × ".join(map(str, shapes[name])), name
    assert blocks["prediction"]["value"] == f"{outputs.item():.2f}"


def test_pictures_are_the_galaxys_activations(run_app, figures):
    diagram, blocks = shown_diagram(run_app(page=PAGE, example=4))
    object_id, card = figures.object_ids[3], read_card()
    assert diagram["subject"] == object_id
    crop = network_crop(load_survey(verify=False).image(object_id), card.pad_px, card.crop_px)
    assert picture(blocks["input"]["pictures"][0]).tobytes() == crop.tobytes()
    maps = figures.maps[object_id, "stage3"]
    order = np.argsort(maps.std(axis=(1, 2)))[::-1][: len(blocks["stage3"]["pictures"])]
    vmax = float(np.quantile(np.abs(maps[order]), 0.995))
    assert picture(blocks["stage3"]["pictures"][0]).tobytes() == heatmap(maps[order[0]], vmax=vmax, side_px=7).tobytes()
    features = load_features()
    values = features.layers["features"][features.rows([object_id])[0]]
    assert picture(blocks["features"]["pictures"][0]).tobytes() == feature_picture(values).tobytes()


def test_stacks_grow_with_the_channels_and_pictures_shrink_with_the_places(run_app):
    _, blocks = shown_diagram(run_app(page=PAGE))
    stages = [blocks[name] for name in NAMES[2:6]]
    assert [len(block["pictures"]) for block in stages] == [3, 4, 5, 6]
    heights = [block["height"] for block in stages]
    assert heights == sorted(set(heights), reverse=True)


def test_every_layer_is_in_one_block(figures):
    groups = group_layers(figures.layers)
    assert [layer for layers in groups.values() for layer in layers] == figures.layers
    assert [name for name, layers in groups.items() if layers[-1].name == name] == NAMES[1:-1]


def test_a_block_whose_maps_are_not_stored_has_no_pictures():
    layers = [LayerRow("stem", "ConvLayer", 0, (64, 56, 56), 10), LayerRow("", "Linear", 0, (1,), 513)]
    blocks = {block.name: block for block in diagram_blocks(layers, made_up_activations())}
    assert blocks["stem"].pictures == []
    assert blocks["stem"].output_shape == (64, 56, 56)


@pytest.mark.full
def test_any_galaxy_of_the_sample_flows_through_it(run_app):
    survey = load_survey(verify=False)
    ids = draw_sample(survey.object_ids, 30)
    diagram, blocks = shown_diagram(run_app(page=PAGE, live="true", sample=30, place=1))
    assert diagram["subject"] == survey.catalogue.loc[ids, "metallicity"].idxmin()
    features = load_features()
    (row,) = features.rows([diagram["subject"]])
    assert blocks["prediction"]["value"] == f"{features.predictions[row]:.2f}"
    assert len(blocks["stage4"]["pictures"]) == 6


# The inside of a block


@pytest.mark.parametrize("name", NAMES)
def test_the_block_in_the_url_is_open(run_app, figures, name):
    app = run_app(page=PAGE, block=name)
    diagram, _ = shown_diagram(app)
    assert diagram["selected"] == app.subheader[0].value == name
    *inside, everything = (element.value["parameters"].tolist() for element in app.dataframe)
    layers = group_layers(figures.layers).get(name)  # the input has none
    assert inside == ([[layer.parameters for layer in layers]] if layers else [])
    assert everything == [layer.parameters for layer in figures.layers]


def test_maps_of_the_open_block_are_enlarged(run_app, figures):
    app = run_app(page=PAGE, block="stage4", example=6)
    maps, channels = figures.maps[figures.object_ids[5], "stage4"], figures.channels["stage4"]
    order = np.argsort(maps.std(axis=(1, 2)))[::-1][:8]
    vmax = float(np.quantile(np.abs(maps[order]), 0.995))
    expected = [heatmap(maps[row], vmax=vmax, side_px=224) for row in order]
    assert addresses(app) == [address_of(image, sharp=True) for image in expected]
    assert [image.proto.imgs[0].caption for image in app.image] == [f"channel {channels[row]}" for row in order]


def test_the_prediction_is_the_sum_of_its_products(run_app, figures):
    text = page_text(run_app(page=PAGE, block="prediction", example=2))
    total, constant, prediction = (
        float(number.replace("−", "-"))
        for number in re.search(
            r"add up to (\S+)\. With the constant, (\S+), the prediction is \*\*(\S+) dex", text
        ).groups()
    )
    assert constant == pytest.approx(read_head().bias, abs=6e-4)
    assert total + constant == pytest.approx(prediction, abs=2e-3)
    assert prediction == pytest.approx(figures.predictions["eval_alone"][1], abs=2e-3)


@pytest.mark.parametrize("value", ["", "stage9", "STEM", "0", "\0"])
def test_a_block_that_is_not_there_is_the_stem(run_app, value):
    app = run_app(page=PAGE, block=value)
    diagram, _ = shown_diagram(app)
    assert diagram["selected"] == app.subheader[0].value == "stem"
    assert "block" not in app.query_params
