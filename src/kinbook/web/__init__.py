"""The frame of pages: how a page is made, the components it is made of, and how refusals look."""
