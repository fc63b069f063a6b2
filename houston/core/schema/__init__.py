"""Schemas: input and output, each declared once to validate, to render and to document.

They are Colander's. Input is read strictly: JSON is taken as JSON, unknown names are refused, and
every text, list and map has a bound. Where all is text (forms, query strings, settings,
spreadsheets), `reading.lenient` prepares the input of the same schema.
"""
