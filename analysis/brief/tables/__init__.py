"""The tables of a brief, a module a section: the summary's records -> report/tables.py. Figures are
the sections', sentences outside of tables the templates'.
"""
