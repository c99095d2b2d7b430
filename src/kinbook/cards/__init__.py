"""Cards and bank accounts of each payer, charged through the practice's card processor; no card number comes here."""
