"""Where things go: trees of items to cells with places, without any drawing."""
