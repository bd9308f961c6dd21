"""How the processes of a run reach services and deployments: certificates, proxies, pace, and clients that keep to them."""
