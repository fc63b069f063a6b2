"""Search by a query: the clauses of Elasticsearch that clients send, as SQL conditions.

A `Listing` declares its fields, `{name: column}`, and makes a condition from a query. A query is
`{}`, which finds all rows, or one clause:

* `bool` with the lists `must`, `filter`, `should` and `must_not`, and `minimum_should_match`;
* `match`, `term`, `terms`, `wildcard` and `range` of one field;
* `exists`: rows with a value; `query_string`: words in several fields; `match_all`.

The comparison depends on the type of the column:

* Texts are compared without regard to case. `match` finds those with any of the words, `term` and
  `terms` those that are equal, `wildcard` those of a pattern: `*` is any characters, `?` is one
  character. In a `KeywordField` a `match` is a `term`.
* Guids, choices, booleans and numbers are equal or not, by any clause.
* `range` is for numbers and times: `gt`, `gte`, `lt`, `lte` and `eq`. A date is its whole day in
  UTC.
* null is the absence of a value.

A name with commas finds rows by any of the fields. Unknown names and queries beyond the limits are
refused with 400.
"""

from houston.core.api.search.fields import KeywordField, Related, Searchable
from houston.core.api.search.operations import Query, search_query
from houston.core.api.search.query import condition_of

__all__ = ["KeywordField", "Query", "Related", "Searchable", "condition_of", "search_query"]
