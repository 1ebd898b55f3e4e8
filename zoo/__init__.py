"""An experiment zoo over netcompiler: train any spec on any images, through Hydra."""
