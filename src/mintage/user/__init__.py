"""What the user keeps: settings, short names, directories. Fetches and asks nothing."""
