"""The lesson on other maps: t-SNE and UMAP beside PCA, and numbers for what each keeps."""
