"""Pictures of every page type (`make screenshots`): `pages` says which, `__main__` takes them."""
