"""The lesson on other maps: t-SNE and UMAP beside PCA, and which neighbours and distances each keeps."""
