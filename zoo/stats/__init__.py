"""Statistics of a data set, as a table and a plot: images, categories, images per category, boxes, sizes."""
