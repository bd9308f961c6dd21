"""AMQP 1.0 as bytes: values, records, frames, and the messages they carry."""
