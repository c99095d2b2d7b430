"""Conversations with clients and their contacts, kept whole: messages, who read them, transcripts."""
