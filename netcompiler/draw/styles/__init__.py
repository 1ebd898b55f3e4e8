"""Ways to draw a net, one a file: each makes a `Picture` of a `Graph`."""
