"""What an import will do, record by record: cleaned, compared with who is here, decided. The deed writes just that."""
