"""What this authority keeps: rows in one database, sealed bytes in one blob store."""
