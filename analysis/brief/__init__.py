"""The competitor brief: `summary` and `sections` hold the figures, `rules` draw conclusions, `page`
renders, `build` joins them.
"""
