"""The addresses of credentials: OAuth2, clients, tokens, sessions and codes."""
