"""Letters that leave the practice: written with their cause, sent by a job, kept with what became of them."""
