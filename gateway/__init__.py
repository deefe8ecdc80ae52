"""The joint-sanctions gateway: rules, use cases, store, wire. Start reading at ``gateway/domain``."""
