"""What several formats need. Knows none of them."""
