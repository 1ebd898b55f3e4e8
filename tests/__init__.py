"""A package, so that no package of the same name that something else installs takes its place."""
