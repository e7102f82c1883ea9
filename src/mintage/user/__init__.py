"""What the user keeps: settings, short names, folders. Fetches and asks nothing."""
