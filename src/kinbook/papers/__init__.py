"""What leaves the practice on paper: one frame for all papers, set by typst, tagged, with the letters in it."""
