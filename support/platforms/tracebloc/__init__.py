"""What the steps of tracebloc stand on: its scene, clients, acts of the playbook, sample data and recordings."""
