"""Search by a query: the part of Elasticsearch's language that clients speak, on our own tables.

A `Listing` declares what may be searched by, `{name: column}`, and turns a query into a condition.
A query is `{}`, which finds everything, or one clause:

* `bool` of the lists `must`, `filter`, `should` and `must_not`, with `minimum_should_match`;
* `match`, `term`, `terms`, `wildcard` and `range`, each of one field and what is wanted of it;
* `exists`, of rows that have a value; `query_string`, of words in several fields; `match_all`.

What a clause means depends on the type of the column:

* Texts are compared without regard to case. `match` finds those in which any of the words occurs,
  `term` and `terms` those that are the text, `wildcard` those of the form, where `*` stands for any
  letters and `?` for one. In a `Word` a `match` is a `term`.
* Guids, choices, truths and numbers are equal or not, whatever the clause.
* `range` is for numbers and instants: `gt`, `gte`, `lt`, `lte` and `eq`. A date stands for its
  whole day in UTC.
* null is the absence of a value.

A field with commas in its name is any of the fields between them. Whatever is not known is refused
with 400 and its name, and so is what is too large.
"""

from houston.core.api.search.fields import Related, Searchable, Word
from houston.core.api.search.operations import Query, search_query
from houston.core.api.search.query import condition_of

__all__ = ["Query", "Related", "Searchable", "Word", "condition_of", "search_query"]
