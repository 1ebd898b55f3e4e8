"""Pictures of nets. Nothing here needs torch, and Graphviz is loaded only when a picture is made.

`styles` has the ways to draw, `formats` what a picture can be written as, `drawing` puts the two together.
"""
