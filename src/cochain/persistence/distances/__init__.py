"""Distances between diagrams, their means, and kernels: component with component, or all with all."""
