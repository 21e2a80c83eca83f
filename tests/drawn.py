"""What a page of AppTest has drawn: the rows of its charts, the bytes of its pictures."""

import json

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
