"""What a spec is: sorts, terms, rules, claims, and the model that holds them."""
