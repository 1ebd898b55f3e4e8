"""A net as one interactive page that needs nothing but itself.

`page` gives the page, `data` what it shows of a net. Both know nothing of files or servers; whoever serves a
page that is to stay fresh (``netc serve``) gives `page` a script of its own as ``live``. It runs after that
of the page and finds there:

- ``netcompiler.update(data)`` shows a net anew: what ``JSON.parse`` makes of ``json.dumps(data(graph))``.
  What is folded, selected and searched for stays so, by paths, and the view stays where it is. An error goes
  away. A net of another name is shown from the start.
- ``netcompiler.error(text)`` shows an error over the picture, as the terminal does, and keeps the last net
  below it; ``netcompiler.error("")`` takes it away.
- ``netcompiler.notice(text)`` shows a short word in the page's head, such as "not connected"; "" takes it
  away.

A page with ``live`` may talk to the server that it came from, by ``fetch`` or ``EventSource``, and to nothing
else; every other page may not use the network at all.
"""

from netcompiler.draw.html.data import data
from netcompiler.draw.html.document import page

__all__ = ["data", "page"]
