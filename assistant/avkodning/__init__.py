"""What helps a director decode a municipality: the review of an instruktion, and the programme for the first hundred days."""
