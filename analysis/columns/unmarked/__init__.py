"""Columns without a mark: articles clustered by what pairs of them share, named by titles."""
