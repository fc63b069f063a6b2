"""Files by what is in them: kept once under the hash of their bytes, never changed."""
