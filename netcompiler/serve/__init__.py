"""A local page of a net that is always fresh: it is shown anew whenever its spec is saved.

`run` ties the parts together: `watch` sees that a file has changed, `reading` reads it, `views` makes pages
and what keeps them fresh, and `server` gives these to browsers of this machine.
"""
