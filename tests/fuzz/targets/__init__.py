"""One file a target: `seeds()`, `one(data)`, and `mutate` where plain bytes would not get far."""
