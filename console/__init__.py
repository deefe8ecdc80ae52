"""What people look at: pages over the public services and over what they hand out. A client like any other."""
