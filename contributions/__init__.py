"""What readers send: practices they offer, questions, whether a page helped."""
