"""Features to numbers about them: PCA and its uncertainty, correlation, linear probes, neighbours, t-SNE and UMAP.

In and out: NumPy arrays and DataFrames. It may import `galviz.files` and `galviz.errors`; it knows neither surveys nor
networks.
"""
