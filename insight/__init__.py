"""What is searched, what was not found, what an editor should look at."""
