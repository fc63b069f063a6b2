"""The verbs of credentials. None of them sees a request."""
