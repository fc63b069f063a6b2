"""The keys whose values have a structure of their own: what each must be, and what protects it."""
