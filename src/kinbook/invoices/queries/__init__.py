"""Reading invoices: for pages, programs, previews and papers."""
