"""Configuration of Sphinx for `make docs`."""

import logging
from importlib.metadata import version as version_of

project = "Houston"
release = version = version_of("houston")
copyright = "Wild Me and contributors"

extensions = [
    "myst_parser",  # the pages are Markdown
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",  # a page for each module, without a list of modules to keep
    "sphinx.ext.napoleon",  # docstrings in Google style
]
templates_path = ["templates"]

html_theme = "furo"
html_title = f"Houston {version}"
html_show_sphinx = False

myst_heading_anchors = 3

default_role = "code"  # docstrings write code between single backticks
autodoc_default_options = {"ignore-module-all": True}  # each name on the page of its own module
autodoc_inherit_docstrings = False  # those of libraries refer to pages of their own
autodoc_member_order = "bysource"
napoleon_numpy_docstring = False
napoleon_use_ivar = True  # autodoc describes the attributes of data classes itself

# Importing the modules loads Alembic, which reports each of its plugins.
logging.getLogger("alembic").setLevel(logging.WARNING)
