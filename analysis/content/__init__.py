"""What articles say: purposes, how titles are written, where readers are led,
sketches of bodies.
"""
