CALL kinbook_protect('audit_headaddress');
