"""Fetching a survey from the Sloan Digital Sky Survey: a catalogue by SQL, and one colour image per galaxy.

In: an `SdssRequest`, which says which galaxies and images. Out: a survey folder, which `galviz.load_survey` reads. The
catalogue comes from SkyServer through astroquery, the images from SkyServer's image service. It may import `survey`,
`files` and `errors`; astroquery and requests are imported inside functions.
"""
