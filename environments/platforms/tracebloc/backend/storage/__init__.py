"""What the backend keeps and hands on: tables, model files, e-mails, and messages for the queues."""
