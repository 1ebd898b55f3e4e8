"""``zoo report``: runs as one page.

``found``, ``facts`` and ``judged`` read what there is of them; ``compare``, ``known``, ``curves``,
``parallel``, ``confusion``, ``filters`` and ``diagram`` make of it what is shown; ``write`` makes the page.
"""
