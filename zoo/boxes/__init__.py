"""Boxes around things in pictures."""
