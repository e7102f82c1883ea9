"""What several formats have in common. Knows none of them."""
