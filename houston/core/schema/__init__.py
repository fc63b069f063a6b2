"""Schemas of input and output: declared once for validation, rendering and documents.

They are Colander's. Input is strict: values have the types of JSON, unknown names are refused, and
texts, lists and maps have bounds. Input of texts only (forms, query strings, settings,
spreadsheets) is prepared by `reading.lenient` for the same schemas.
"""
