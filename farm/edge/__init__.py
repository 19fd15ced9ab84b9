"""The edge: what stands between the network and the API, so that no caller can stop the others. Knows no Ray."""
