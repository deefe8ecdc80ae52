"""Values and byte formats that the gateway and those who call it share.

Standard library only, and no knowledge of the gateway: an adapter or a verifier that has this
package needs nothing else of ours to check what it was given.
"""
