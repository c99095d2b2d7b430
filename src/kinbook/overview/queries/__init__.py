"""Reads over several features, shaped like the pages that show them."""
