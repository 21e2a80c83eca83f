"""The pages: what a control shows is what the core computes, down to the rows that a chart is drawn from."""

import numpy as np
import pandas as pd
import pytest

from galviz.analysis.metrics import prediction_errors
from galviz.analysis.pca import fit_pca
from galviz.artefacts.figures import LESSON_FIGURES, STEPS
from galviz.artefacts.thumbnails import THUMBNAILS
from galviz.charts.heatmap import heatmap
from galviz.network.card import read_card
from galviz.network.crops import centre_crop, network_crop, outline_crops
from galviz.network.head import read_head
from galviz.network.normalisation import normalise
from galviz.network.weights import read_first_kernels
from galviz.survey.causes import cause_title
from galviz.survey.sample import draw_sample, evenly_ranked, spread_out
from galviz.training.descent import descend
from lessons.network.by_hand import convolve
from lessons.predictions.words import same_galaxies
from panels.colouring import colour_columns
from tests.drawn import address_of, addresses, chart


def metrics(app):
    return {metric.label: metric.value for metric in app.metric}


def page_text(app):
    """Everything a page says outside its tables."""
    kinds = (app.title, app.header, app.markdown, app.caption, app.error, app.info, app.warning)
    return "\n".join(element.value for kind in kinds for element in kind)


def sample_of(survey, features, size, layer="features"):
    """objIDs of a sample, and what a layer says of them."""
    ids = draw_sample(survey.object_ids, size)
    return ids, features.layers[layer][features.rows(ids)]


# Preparing images


def test_pixels_and_batches_are_counted_before_and_after_they_are_rescaled(run_app, survey):
    app = run_app(page="lessons/images", step=3, example=5)
    card = read_card()
    pixels = np.asarray(network_crop(survey.image(LESSON_FIGURES.load().object_ids[4]), card.pad_px, card.crop_px))
    for place, values in enumerate((pixels, normalise(pixels, card.mean, card.std))):
        _, rows = chart(app, place)
        red = rows[rows["colour"] == "red"]
        assert rows["pixels"].sum() == 3 * card.crop_px**2
        width = np.ptp(values) / 40
        assert (red["value"] * red["pixels"]).sum() / red["pixels"].sum() == pytest.approx(
            float(values[..., 0].mean()), abs=float(width)
        )
    assert f"**{(30 / 255 - card.mean[0]) / card.std[0]:.2f}**" in page_text(app)  # a pixel worked through
    table = run_app(page="lessons/images", step=4).dataframe[0].value
    assert table["red μ"][0] == f"{card.mean[0]:.4f}"
    for place, seed in ((1, 1), (2, 2)):
        crops = [network_crop(survey.image(one), 144, 112) for one in draw_sample(survey.object_ids, 64, seed=seed)]
        blue = np.mean([np.asarray(crop)[..., 2].mean() for crop in crops]) / 255
        assert table["blue μ"][place] == f"{blue:.4f}"
    assert table["red μ"][1] != table["red μ"][2]


@pytest.mark.full
def test_live_any_galaxy_of_the_sample_is_prepared(run_app, survey):
    from galviz.training.preview import augment

    app = run_app(page="lessons/images", live="true", sample=50, place=50, step=2, augmentation="turn", draw=7)
    richest = survey.catalogue.loc[draw_sample(survey.object_ids, 50), "metallicity"].idxmax()
    assert (
        f"Simulated galaxy {richest}, metallicity {survey.catalogue['metallicity'][richest]:.2f}, computed live"
        in page_text(app)
    )
    drawn = augment(survey.image(richest), read_card(), seed=7)["turn"]
    assert addresses(app)[2:] == [address_of(image) for image in drawn]
    app.slider(key="draw").set_value(8).run()
    assert addresses(app)[2:] == [
        address_of(image) for image in augment(survey.image(richest), read_card(), seed=8)["turn"]
    ]


@pytest.mark.full
def test_live_any_galaxy_and_the_sample_go_together(run_app, survey):
    query = {"live": "true", "sample": 20, "place": 20, "hook": "stage3"}
    app = run_app(page="lessons/hooks", **query)
    assert not app.exception
    richest = survey.catalogue.loc[draw_sample(survey.object_ids, 20), "metallicity"].idxmax()
    assert f"Simulated galaxy {richest}" in page_text(app)
    assert (
        "20 × 256"
        in run_app(page="lessons/hooks", step=3, **query).dataframe[0].value["of the sample, averaged"].tolist()
    )


@pytest.mark.parametrize(("page", "step"), [("images", 2), ("hooks", 1)])
def test_live_without_torch_says_how_to_get_it_and_shows_what_is_shipped(run_app, monkeypatch, page, step):
    shown = addresses(run_app(page=f"lessons/{page}", step=step))
    # Those that import it first: were it patched already, they would keep what they found.
    for where in ("panels.example_galaxy", "panels.live_activations", "panels.survey_features"):
        monkeypatch.setattr(f"{where}.has_torch", lambda: False)
    app = run_app(page=f"lessons/{page}", step=step, live="true")
    assert not app.exception
    assert "needs PyTorch and fastai" in page_text(app)
    assert addresses(app) == shown


# The network


def test_the_weight_of_attention_is_the_networks(run_app):
    app, figures = run_app(page="lessons/network", step=4, example=6), LESSON_FIGURES.load()
    one = figures.object_ids[5]
    added, given = (np.abs(figures.maps[one, f"attention/{name}"]).mean() for name in ("mixture", "input"))
    assert f"**{figures.attention_gamma:.3f}**" in page_text(app)
    assert f"**{added / given:.1f} times**" in page_text(app)


@pytest.mark.parametrize(("kernel", "example"), [(9, 3), (32, 6)])
def test_the_convolution_shown_is_computed(run_app, survey, kernel, example):
    app = run_app(page="lessons/network", step=2, kernel=kernel, example=example)
    card = read_card()
    crop = network_crop(survey.image(LESSON_FIGURES.load().object_ids[example - 1]), card.pad_px, card.crop_px)
    weights, numbers = read_first_kernels()[kernel - 1], normalise(np.asarray(crop), card.mean, card.std)
    output = convolve(numbers, weights)
    largest = np.abs(weights).max()
    expected = [crop, *(heatmap(channel, vmax=float(largest)) for channel in weights), heatmap(output)]
    assert addresses(app)[:5] == [address_of(image, sharp=True) for image in expected]
    text = page_text(app).replace("−", "-")
    assert f"together **{output.ravel()[np.abs(output).argmax()]:+.2f}**" in text
    row, column = np.unravel_index(np.abs(output).argmax(), output.shape)
    patch = np.pad(numbers, ((1, 1), (1, 1), (0, 0)))[2 * row : 2 * row + 3, 2 * column : 2 * column + 3]
    red, green, blue = (patch * weights.transpose(1, 2, 0)).sum(axis=(0, 1))
    assert f"At row {row + 1}, column {column + 1} " in text
    assert all(f" {value:+.2f}" in text for value in (red, green, blue))


def test_the_channels_of_block_and_attention_are_those_chosen(run_app):
    figures = LESSON_FIGURES.load()
    block, attention = (int(figures.channels[f"{part}/output"][5]) for part in ("block", "attention"))
    one, query = figures.object_ids[1], {"channel": block, "attention": attention, "example": 2}
    for step, names in ((3, ("input", "branch", "output")), (4, ("input", "mixture", "output"))):
        part = "block" if "branch" in names else "attention"
        maps = [figures.maps[one, f"{part}/{name}"][5] for name in names]
        largest = max(float(np.abs(values).max()) for values in maps)
        shown = [address_of(heatmap(values, vmax=largest), sharp=True) for values in maps]
        assert addresses(run_app(page="lessons/network", step=step, **query)) == shown


@pytest.mark.full
def test_live_any_galaxy_goes_through_the_network(run_app, survey):
    from galviz.network.inspection import record_maps
    from galviz.network.model import load_model

    figures = LESSON_FIGURES.load()
    app = run_app(page="lessons/network", step=3, live="true", sample=30, place=1)
    poorest = survey.catalogue.loc[draw_sample(survey.object_ids, 30), "metallicity"].idxmin()
    activations = record_maps(load_model(), survey.image(poorest))
    maps = [activations[f"block/{name}"][figures.channels["block/output"][0]] for name in ("input", "branch", "output")]
    largest = max(float(np.abs(values).max()) for values in maps)
    assert addresses(app) == [address_of(heatmap(values, vmax=largest), sharp=True) for values in maps]


# Hooks


@pytest.mark.parametrize(("layer", "mapped", "example"), [("stage1", "stage1", 6), ("features", "stage4", 3)])
def test_the_maps_shown_are_the_layers(run_app, features, layer, mapped, example):
    app = run_app(page="lessons/hooks", hook=layer, example=example)
    figures = LESSON_FIGURES.load()
    maps = figures.maps[figures.object_ids[example - 1], mapped]
    largest = float(np.abs(maps).max())
    assert addresses(app)[1:] == [address_of(heatmap(values, vmax=largest), sharp=True) for values in maps]
    captions = [image.captions[0] for image in app.image][1:]
    assert captions[0] == f"{figures.channels[mapped][0]} · {maps[0].mean():+.2f}".replace("-", "−")
    assert [int(caption.split(" · ")[0]) for caption in captions] == list(figures.channels[mapped])
    averages = [float(caption.split(" · ")[1].replace("−", "-")) for caption in captions]
    row = features.layers[layer][features.rows([figures.object_ids[example - 1]])[0]]
    assert averages == pytest.approx(row[list(figures.channels[mapped])], abs=0.006)


@pytest.mark.parametrize("size", [20, 300])
def test_shapes_and_sizes_are_of_the_sample(run_app, size):
    table = run_app(page="lessons/hooks", step=3, sample=size).dataframe[0].value.set_index("layer")
    assert table.loc["stage1", "of the sample, averaged"] == f"{size} × 64"
    assert table.loc["stem", "as maps [MB]"] == f"{size * 64 * 56 * 56 * 4 / 1e6:.1f}"
    assert table.loc["features", "averaged [MB]"] == f"{size * 512 * 4 / 1e6:.2f}"


@pytest.mark.full
def test_live_the_sample_is_sent_through_the_network(run_app, survey, features):
    layer, size, channels = "stage1", 12, 64
    app = run_app(page="lessons/hooks", step=2, hook=layer, sample=size)
    assert "computed live" not in page_text(app)
    next(button for button in app.button if button.label == "Compute it live").click()
    app.run()
    assert not app.exception
    assert f"Layer {layer} of {size} galaxies, computed live: shape **{size} × {channels}**" in page_text(app)
    difference = float(page_text(app).partition("what is shipped: **")[2].partition("**")[0])
    _, values = sample_of(survey, features, size, layer)
    assert difference <= 1e-3 * np.abs(values).max()
    assert float(page_text(app).partition("of a prediction: **")[2].split(" ")[0]) < 1e-4
    app.slider(key="sample").set_value(size + 1).run()
    assert "computed live" not in page_text(app)  # that was another sample's


# Predictions


@pytest.mark.parametrize("size", [5, 2000])
def test_the_errors_shown_are_those_of_the_sample(run_app, survey, features, size):
    app = run_app(page="lessons/predictions", step=2, sample=size)
    ids = draw_sample(survey.object_ids, size)
    truth = survey.catalogue.loc[ids, "metallicity"].to_numpy(float)
    expected = prediction_errors(features.predictions[features.rows(ids)], truth)
    shown = metrics(app)
    assert shown["RMSE"] == f"{expected.rmse:.3f} dex"
    assert shown["NMAD"] == f"{expected.nmad:.3f} dex"
    assert shown["Bias"] == f"{expected.bias:+.3f} dex".replace("-", "−")
    assert shown["Guessing the mean"] == f"{truth.std():.3f} dex"
    table = run_app(page="lessons/predictions", step=4, sample=size).dataframe[0].value
    assert table.index.to_list() == ids
    assert table["true"].to_numpy() == pytest.approx(truth, abs=6e-4)
    for step in (1, 2):  # predicted against true, and what is left
        _, rows = chart(run_app(page="lessons/predictions", step=step, sample=size))
        assert rows["objID"].tolist() == ids
        assert rows["true"].to_numpy() == pytest.approx(truth, abs=6e-5)
        assert (rows["predicted"] - rows["true"]).to_numpy() == pytest.approx(rows["residual"].to_numpy(), abs=2e-4)


def test_a_slip_by_one_row_is_what_the_check_says(features, survey):
    ids, values = sample_of(survey, features, 100)
    predicted = features.predictions[features.rows(ids)]
    truth = survey.catalogue.loc[ids, "metallicity"].to_numpy(float)
    check = same_galaxies(values, predicted, truth, read_head())
    assert check.apart < 1e-3 < 0.1 < check.slipped_apart
    assert check.slipped_rmse == pytest.approx(np.sqrt(np.mean((predicted - np.roll(truth, 1)) ** 2)))
    mixed = same_galaxies(values, np.roll(predicted, 1), truth, read_head())
    assert mixed.apart > 0.1


# Principal components


@pytest.mark.parametrize(
    ("size", "layer", "n_components"),
    [(20, "features", 5), (24, "stem", 10), (300, "stage3", 2)],
)
def test_the_variance_shown_is_that_of_the_sample_at_the_layer(run_app, survey, features, size, layer, n_components):
    app = run_app(page="lessons/pca", sample=size, layer=layer, components=n_components)
    ids = draw_sample(survey.object_ids, size)
    values = features.layers[layer][features.rows(ids)]
    expected = fit_pca(values, n_components).explained_variance_ratio
    shown = metrics(app)
    assert shown["Features per galaxy"] == str(values.shape[1])
    assert shown["In 1 component"] == f"{expected[0]:.1%}"
    assert shown["In 2 components"] == f"{expected[:2].sum():.1%}"
    assert ("In 3 components" in shown) == (n_components >= 3)
    _, rows = chart(app)
    assert rows["single"].to_numpy() == pytest.approx(expected)
    assert rows["cumulative"].to_numpy() == pytest.approx(np.cumsum(expected))
    app = run_app(page="lessons/pca", step=2, sample=size, layer=layer, components=n_components)
    assert app.dataframe[0].value["explained variance"].to_list() == [f"{ratio:.1%}" for ratio in expected]


@pytest.mark.parametrize("page", ["pca", "space", "points"])
def test_more_components_than_galaxies_are_told_and_as_many_as_there_are_shown(run_app, page):
    app = run_app(page=f"lessons/{page}", sample=7, components=10)
    assert not app.exception
    assert "7 galaxies have at most 7 components" in page_text(app)
    if page != "pca":
        assert app.selectbox(key="x").options == [f"PC{number}" for number in range(1, 8)]
    assert (
        "at most" not in page_text(run_app(page=f"lessons/{page}", sample=10, components=10)).partition("Simulated")[0]
    )


def test_too_few_galaxies_for_a_regression_are_told(run_app):
    app = run_app(page="lessons/space", step=3, sample=5, components=4)
    assert not app.exception
    assert "4 components fits any 5 labels" in page_text(app)


def test_whitened_axes_are_equally_wide_and_others_are_not(run_app, survey, features):
    column = "standard deviation of the coordinates"
    app = run_app(page="lessons/pca", step=2)
    assert app.dataframe[0].value[column].to_list() == pytest.approx([1, 1, 1])
    app.toggle(key="whiten").set_value(False).run()
    ids = draw_sample(survey.object_ids, 256)
    expected = fit_pca(features.layers["features"][features.rows(ids)], 3, whiten=False).coordinates.std(axis=0, ddof=1)
    assert app.dataframe[0].value[column].to_list() == pytest.approx(expected, abs=1e-3)


def test_the_svd_by_hand_agrees(features):
    from lessons.pca.by_hand import pca_by_svd

    values = features.layers["stage2"][:100].astype(float)
    coordinates, ratios = pca_by_svd(values, 4)
    fit = fit_pca(values, 4, whiten=False)
    assert ratios == pytest.approx(fit.explained_variance_ratio)
    assert np.abs(coordinates) == pytest.approx(np.abs(fit.coordinates), abs=1e-8)


# The feature space


@pytest.mark.parametrize(
    ("size", "layer", "n_components", "x", "y"),
    [(256, "features", 3, "PC1", "PC2"), (20, "stage1", 5, "PC5", "PC2")],
)
def test_the_points_drawn_are_the_projection(run_app, survey, features, size, layer, n_components, x, y):
    query = {"sample": size, "layer": layer, "components": n_components, "x": x, "y": y}
    app = run_app(page="lessons/space", **query)
    controls = [*app.slider, *app.selectbox, *app.segmented_control]
    assert {control.key: control.value for control in controls if control.key in query} == query
    assert f"{size} simulated galaxies, layer {layer}" in page_text(app)
    spec, rows = chart(app)
    ids, values = sample_of(survey, features, size, layer)
    expected = pd.DataFrame(fit_pca(values, n_components).coordinates, ids).set_axis(
        [f"PC{number}" for number in range(1, n_components + 1)], axis=1
    )
    assert rows["objID"].tolist() == ids
    assert rows[[x, y]].to_numpy() == pytest.approx(expected[[x, y]].to_numpy(), abs=6e-5)
    assert rows["predicted"].to_numpy() == pytest.approx(features.predictions[features.rows(ids)], abs=6e-5)
    assert (spec["encoding"]["x"]["field"], spec["encoding"]["y"]["field"]) == (x, y)


def test_every_colour_is_the_catalogues_column(run_app, survey):
    app = run_app(page="lessons/space", sample=40)
    ids = draw_sample(survey.object_ids, 40)
    columns = colour_columns(survey.catalogue.loc[ids])
    assert len(columns) > 30
    for column in ("inclination_deg", "redshift", "arm_number", columns[-1]):
        app.selectbox(key="colour").set_value(column).run()
        assert not app.exception
        spec, rows = chart(app)
        if column == "redshift":
            assert spec["encoding"]["color"]["legend"]["title"] == cause_title(column)
        assert sorted(rows["objID"]) == sorted(ids)
        expected = survey.catalogue.loc[rows["objID"], column].to_numpy(float)
        assert rows["colour"].to_numpy(float) == pytest.approx(expected)


def test_both_axes_are_never_the_same(run_app):
    app = run_app(page="lessons/space")
    app.selectbox(key="x").set_value("PC2").run()
    assert "PC2" not in app.selectbox(key="y").options
    assert not app.exception


def test_turning_points_of_known_curves():
    from lessons.space.words import turning_point

    rng = np.random.default_rng(0)
    label = rng.uniform(8.2, 9.2, 500)
    assert turning_point(label, (label - 8.8) ** 2 + rng.normal(0, 0.01, 500)) == pytest.approx(8.8, abs=0.02)
    assert turning_point(label, -((label - 8.6) ** 2)) == pytest.approx(8.6)
    assert turning_point(label, 3 * label + rng.normal(0, 0.1, 500)) is None
    assert turning_point(label, (label - 12) ** 2) is None  # bent, but it doesn't turn among these
    assert turning_point(label, rng.normal(size=500)) is None
    assert turning_point([np.nan] * 20, range(20)) is None
    assert turning_point(np.append(label, np.nan), np.append((label - 8.8) ** 2, 1e9)) == pytest.approx(8.8)


# Galaxies as points


@pytest.mark.parametrize(("size", "count", "layer"), [(256, 60, "features"), (20, 10, "stage1")])
def test_the_pictures_drawn_are_those_farthest_apart(run_app, survey, features, size, count, layer):
    app = run_app(page="lessons/points", step=2, sample=size, pictures=count, layer=layer)
    ids, values = sample_of(survey, features, size, layer)
    places = fit_pca(values, 3).coordinates[:, [0, 2]]
    chosen = spread_out(places, count, min_distance=0.08)
    spec, rows = chart(app)
    assert rows["objID"].tolist() == [ids[row] for row in chosen]
    assert rows[["PC1", "PC3"]].to_numpy() == pytest.approx(places[chosen], abs=6e-5)
    assert f"{len(chosen)} of the {size} simulated galaxies" in page_text(app)
    assert spec["layer"][0]["encoding"]["color"]["field"] == "true"


def test_the_frame_may_show_predictions(run_app):
    spec, _ = chart(run_app(page="lessons/points", step=2, frame="predicted"))
    assert spec["layer"][0]["encoding"]["color"]["field"] == "predicted"
    assert spec["layer"][0]["encoding"]["color"]["legend"]["title"].startswith("Predicted")


# Training


@pytest.mark.parametrize(
    ("seconds", "words"), [(48, "48 s"), (720, "12 min"), (7530, "2 h 6 min"), (7199, "2 h 0 min")]
)
def test_durations_are_told_for_people(seconds, words):
    from galviz.training.duration import format_duration

    assert format_duration(seconds) == words


def test_an_empty_query_parameter_means_the_default_option(run_app):
    """tests/panels/test_addresses.py tries it with the controls of every page, in the slow run."""
    app, default = run_app(page="lessons/points", step="", layer=""), run_app(page="lessons/points")
    assert not app.exception
    assert not app.error
    assert page_text(app) == page_text(default)
    assert addresses(app) == addresses(default)


# What stands beside the pictures


def pictures_of(survey, ids, side_px=72):
    """Addresses of some galaxies' central crops."""
    return [address_of(centre_crop(survey.image(one), side_px)) for one in ids]


@pytest.mark.parametrize(("crop", "side_px"), [("72", 72), ("112", 112)])
def test_the_galaxies_in_the_grid_are_evenly_ranked_and_cut_as_asked(run_app, survey, crop, side_px):
    app = run_app(page="lessons/galaxies", sample=60, crop=crop)
    values = survey.catalogue.loc[draw_sample(survey.object_ids, 60), "metallicity"]
    shown = evenly_ranked(values, 24)
    assert addresses(app)[:24] == pictures_of(survey, shown, side_px)


def test_every_step_of_the_training_is_its_own(run_app, survey):
    figures, card = LESSON_FIGURES.load(), read_card()
    one = figures.object_ids[5]
    image = survey.image(one)
    outlined = address_of(outline_crops(image, {card.pad_px: "orange", card.crop_px: "cyan"}))
    crop = address_of(network_crop(image, card.pad_px, card.crop_px))
    app = run_app(page="lessons/images", step=2, example=6, augmentation="light")
    assert app.segmented_control(key="augmentation").value == "light"
    assert f"Simulated galaxy {one}" in page_text(app)
    for step in STEPS:
        shown = addresses(app.segmented_control(key="augmentation").set_value(step).run())
        assert shown[:2] == [outlined, crop]
        assert shown[2:] == [address_of(drawn) for drawn in figures.augmented[one, step]]


def test_the_training_page_has_the_cards_numbers(run_app, survey):
    app, card = run_app(page="lessons/training", step=2), read_card()
    training, epochs = card.training, card.training["epochs"]
    n_steps = training["n_training"] // training["recipe"]["batch_size"] * len(epochs)
    expected = {"Training galaxies": training["n_training"], "Epochs": len(epochs), "Steps": n_steps}
    assert {name: metrics(app)[name] for name in expected} == {name: f"{value:,}" for name, value in expected.items()}
    _, rows = chart(app)
    curve = rows[rows["set"] == "validation set"].sort_values("number")
    assert curve["rmse"].tolist() == pytest.approx([epoch["valid_rmse"] for epoch in epochs])
    catalogue = survey.catalogue
    floor, guess = catalogue["metallicity_scatter_dex"].std(), catalogue["metallicity"].std()
    assert f"{floor:.3f} dex" in page_text(app)
    assert f"{len(catalogue):,} galaxies" in page_text(app)
    assert f"{guess:.2f} dex" in page_text(app)
    recipe = card.training["recipe"]
    phases = [*recipe["warm_ups"], {"epochs": recipe["epochs"], "side_px": recipe["crop_px"], "lr": recipe["lr"]}]
    app = run_app(page="lessons/training", step=5)
    table = app.dataframe[0].value
    assert table["highest rate"].tolist() == [phase["lr"] for phase in phases]
    assert table["epochs"].tolist() == [phase["epochs"] for phase in phases]
    assert table["image side [px]"].tolist() == [phase["side_px"] for phase in phases]
    _, rates = chart(app)
    assert len(rates) == 60 * sum(phase["epochs"] for phase in phases)
    highest = rates.groupby("phase", sort=False)["rate"].max()
    assert highest.tolist() == pytest.approx([phase["lr"] for phase in phases], rel=1e-3)


def test_gradient_descent_of_the_training_page_is_that_of_the_samples_components(run_app, survey, features):
    app = run_app(page="lessons/training", step=3, rate=0.5, batch=64, steps=20)
    ids, values = sample_of(survey, features, 256)
    coordinates = fit_pca(values, 2, whiten=False).coordinates
    inputs = coordinates / coordinates[:, 0].std()
    metallicity = survey.catalogue.loc[ids, "metallicity"].to_numpy(float)
    target = metallicity - metallicity.mean()
    lowest = np.linalg.lstsq(inputs, target, rcond=None)[0]
    path = descend(inputs, target, 0.5, 20, batch_size=64, start=tuple(lowest + 2 * target.std()))
    _, rows = chart(app, 1)
    errors = np.sqrt(((path @ inputs.T - target) ** 2).mean(axis=1))
    assert rows["RMSE"].tolist() == pytest.approx(errors.tolist())
    assert f"{errors[-1]:#.3g} dex now" in page_text(app)
    _, cells = chart(app, 0)
    centre = cells.iloc[(cells["error"] - cells["error"].min()).abs().argmin()]
    assert centre["left"] <= lowest[0] <= centre["right"]
    assert centre["bottom"] <= lowest[1] <= centre["top"]


def test_everything_of_the_predictions_is_the_samples(run_app, survey, features):
    app, in_table, worst_page, check_page = (
        run_app(page="lessons/predictions", step=step, sample=80) for step in (2, 4, 3, 5)
    )
    ids, values = sample_of(survey, features, 80)
    catalogue = survey.catalogue.loc[ids]
    truth, predicted = catalogue["metallicity"].to_numpy(float), features.predictions[features.rows(ids)]
    assert metrics(app)["Floor: the scatter"] == f"{catalogue['metallicity_scatter_dex'].std():.3f} dex"
    table = in_table.dataframe[0].value
    assert table["predicted"].to_numpy() == pytest.approx(predicted, abs=1e-6)
    assert table["error"].to_numpy() == pytest.approx(predicted - truth, abs=1e-6)
    worst = [ids[row] for row in np.argsort(-np.abs(predicted - truth), kind="stable")[:8]]
    assert addresses(worst_page) == pictures_of(survey, worst)
    captions = [caption for image in worst_page.image for caption in image.captions]
    rows = [ids.index(one) for one in worst]
    assert captions == [f"{truth[row]:.2f} → {predicted[row]:.2f}" for row in rows]
    thumbnails = THUMBNAILS.load()
    for page in (run_app(page="lessons/predictions", sample=80), app):
        _, rows = chart(page)
        assert rows["image"].tolist() == thumbnails.loc[rows["objID"]].tolist()
    check = same_galaxies(values, predicted, truth, read_head())
    assert f"shifted by one row: **{check.slipped_rmse:.3f} dex**" in page_text(check_page)
    assert f"features times head: **{check.apart:.0e} dex**" in page_text(check_page)
    assert f"rows shifted by one: **{check.slipped_apart:.1f} dex**" in page_text(check_page)


def test_every_way_of_asking_has_its_column_and_its_number(run_app):
    app, figures = run_app(page="lessons/hooks", step=4), LESSON_FIGURES.load()
    ways, table = figures.predictions, app.dataframe[0].value
    titles = {
        "eval, alone": "eval_alone",
        "eval, together": "eval_together",
        "training, together": "train_together",
        "training, in two halves": "train_halves",
        "eval, after training mode": "eval_after",
    }
    assert table["galaxy"].tolist() == [f"…{one[-4:]}" for one in figures.object_ids]
    for title, name in titles.items():
        assert table[title].tolist() == [f"{value:.3f}" for value in ways[name]]

    def apart(one, other):
        return f"**{np.abs(np.subtract(ways[one], ways[other])).max():.2f} dex**"

    assert f"changes a prediction by up to {apart('eval_together', 'train_together')}" in page_text(app)
    assert f"another batch alone changes it by up to {apart('train_together', 'train_halves')}" in page_text(app)
    assert f"in eval mode differs by up to {apart('eval_together', 'eval_after')}" in page_text(app)


def test_by_hand_and_by_the_library_agree_on_the_page(run_app, survey, features):
    from lessons.pca.by_hand import pca_by_svd

    layer = "stage1"
    app, by_hand_page = (
        run_app(page="lessons/pca", step=step, sample=40, layer=layer, components=4) for step in (1, 3)
    )
    _, values = sample_of(survey, features, 40, layer)
    fit = fit_pca(values, 4, whiten=False)
    assert metrics(app)["In 3 components"] == f"{fit.explained_variance_ratio[:3].sum():.1%}"
    by_hand, _ = pca_by_svd(values.astype(float), 4)
    turned = int((np.sign((by_hand * fit.coordinates).sum(axis=0)) < 0).sum())
    text = page_text(by_hand_page)
    assert f"whose sign was reversed: **{turned} of 4**" in text
    coordinate = float(text.partition("in a coordinate: **")[2].split("**")[0])
    ratio = float(text.partition("explained variance ratio: **")[2].split("**")[0])
    assert coordinate < 1e-6 * np.abs(fit.coordinates).max()
    assert ratio < 1e-9


def test_everything_that_is_said_of_the_head_is_computed(run_app, survey, features):
    from galviz.analysis.alignment import head_alignment
    from lessons.space.words import turning_point

    app, swoosh = (run_app(page="lessons/space", step=step, sample=300, components=5, y="PC3") for step in (3, 2))
    ids, values = sample_of(survey, features, 300)
    truth = survey.catalogue.loc[ids, "metallicity"].to_numpy(float)
    alignment, text = head_alignment(values, read_head().weight, 5, label=truth), page_text(app)
    assert f"**{alignment.label_r2:.0%}** of the variance of the true metallicity" in text
    assert f"**{alignment.head_variance_ratio:.0%}** lies along the head's direction" in text
    assert f"direction, the components explain **{alignment.label_r2_without_head:.0%}**" in text
    assert f"By chance, 5 components would explain {5 / 299:.0%} for 300 galaxies" in text
    table = app.dataframe[0].value
    assert table["cosine to head"].to_list() == pytest.approx(alignment.cosines, abs=0.006)
    assert table["r with predicted"].to_numpy() == pytest.approx(alignment.prediction_correlations)
    turn = turning_point(truth, fit_pca(values, 5).coordinates[:, 2])
    assert (f"turns over at a metallicity of **{turn:.1f}**" if turn else "PC3 doesn't turn over") in page_text(swoosh)
    turn = turning_point(truth, fit_pca(values, 5).coordinates[:, 1])
    assert f"turns over at a metallicity of **{turn:.1f}**" in page_text(
        run_app(page="lessons/space", step=2, sample=300)
    )


def test_along_a_component_are_the_galaxies_themselves_with_their_truth(run_app, survey, features):
    app = run_app(page="lessons/points", step=3, sample=100, along="PC2", layer="stage2")
    ids, values = sample_of(survey, features, 100, "stage2")
    order = np.argsort(fit_pca(values, 3).coordinates[:, 1], kind="stable")
    shown = [ids[row] for row in [*order[:8], *order[46:54], *order[-8:]]]
    assert addresses(app) == pictures_of(survey, shown)
    coordinates = [
        float(caption.split(" · ")[0].replace("−", "-")) for image in app.image for caption in image.captions
    ]
    expected = np.sort(fit_pca(values, 3).coordinates[:, 1])
    assert coordinates == pytest.approx([*expected[:8], *expected[46:54], *expected[-8:]], abs=0.051)
    truth = [float(caption.split(" · ")[1]) for image in app.image for caption in image.captions]
    assert truth == pytest.approx(survey.catalogue.loc[shown, "metallicity"].to_numpy(float), abs=0.0051)
    assert "in the sample, layer stage2" in page_text(app)
    _, rows = chart(run_app(page="lessons/points", sample=100, layer="stage2"))
    assert rows["true"].to_numpy() == pytest.approx(
        survey.catalogue.loc[rows["objID"], "metallicity"].to_numpy(float), abs=6e-5
    )
