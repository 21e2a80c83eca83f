"""A survey folder -> what may be wrong with its galaxies, before anything is computed.

Fatal findings are what `galviz.survey.survey.load_survey` refuses; suspicious ones are pictures and values to look at:
probable damage, placeholders, copies, galaxies off-centre, outliers. Imports `survey`, `files` and `errors`.
"""
