CALL kinbook_protect('tallies_tally');
