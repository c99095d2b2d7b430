"""What is read of conversations."""
