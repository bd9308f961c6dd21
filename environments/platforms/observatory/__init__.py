"""The Distributed Task Observatory: jobs that pass through a broker, a store, a cache and an event store.

Source: oddessentials/odd-demonstration.
"""
