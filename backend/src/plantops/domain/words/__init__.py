"""What the backend says to people: the same sentences in each language of the house, one file for each. Pure."""
