"""Pages that take any survey, beside the lessons of the course."""
