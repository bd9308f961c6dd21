"""The acts of the QA playbook: what people do on the platform, each told part by part."""
