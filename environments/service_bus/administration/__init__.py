"""How the bus is managed from outside: Azure's administration API, and the control port with its faults and its look inside."""
