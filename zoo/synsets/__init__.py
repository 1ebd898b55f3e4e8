"""Synsets: the hierarchy of concepts that ImageNet's classes come from.

A synset is a set of words for one concept. Its id, the wnid, is ``n`` and the eight digits of its place among
the nouns of WordNet 3.0. A synset can have several parents, so the "tree" is a directed acyclic graph.
"""
