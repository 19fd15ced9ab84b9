"""The edge: sits between the network and the API, so that no caller can starve the others. Does not depend on Ray."""
