"""Pictures of every page of the dashboard, taken from a real demo."""
