"""A client's AMQP: connections, sessions, links and the nodes they lead to, without input or output of their own."""
