"""The platform shop: its services, as far as they are written here."""
