"""The lessons of the course: one folder per lesson, and `manifest.toml`, which lists them in order."""
