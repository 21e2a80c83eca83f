"""What a page of AppTest has drawn: the rows of its charts, the bytes of its pictures."""

import base64
import json

import numpy as np
import pyarrow as pa
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from panels.pictures import encode


def chart(app, place=0):
    """A chart of a page: what it says of itself, and the rows of its largest table."""
    proto = app.get("vega_lite_chart")[place].proto
    tables = [pa.ipc.open_stream(dataset.data.data).read_pandas() for dataset in proto.datasets]
    return json.loads(proto.spec), max(tables, key=len)


def addresses(app):
    """Where a browser would fetch each picture of a page: they tell its bytes."""
    return [image.proto.imgs[0].url for image in app.image]


def address_of(image, *, sharp=False):
    """The address of a picture on a page."""
    storage = MemoryMediaFileStorage("/mock/media")
    content, kind = encode(image, sharp=sharp), "image/png" if sharp else "image/jpeg"
    return storage.get_url(storage.load_and_get_id(content, kind, "media"))


def maps(app):
    """What Python sends to each map of a page: its points, and what is selected and open."""
    points, highlights = (sent_to_component(app, name) for name in ("galviz_map", "galviz_map_highlight"))
    return [one | other for one, other in zip(points, highlights, strict=True)]


def map_coordinates(data):
    """The coordinates of a map's points, shape (n, 2)."""
    return np.stack([np.frombuffer(base64.b64decode(data["points"][axis]), "<f4") for axis in "xy"], axis=1)


def map_selection(data):
    """The objIDs that are selected on a map."""
    return {data["points"]["ids"][row] for row in data["selected"] or []}


def map_table(app):
    """The galaxies on the map of Explore, as its table shows them; this opens the table."""
    app.session_state["map_export"] = True
    return app.run().dataframe[0].value


def sent_to_component(app, name):
    """What Python sends to each component of this name on a page."""
    components = [element.proto for element in app.main if element.type == "bidi_component"]
    return [json.loads(proto.json) for proto in components if proto.component_name == name]
