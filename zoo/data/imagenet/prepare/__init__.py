"""ImageNet made ready: unpacked into folders by wnid, or converted to shards.

``plan`` says which units there are; each is written under a temporary name and then given its own, so that
whatever ends the work leaves whole units alone, and the next run does the others.
"""
