"""Diagrams as vectors: one row of features per component, differentiable in births and deaths.

Essential bars have no death and are left out, except where a function says otherwise; `cochain.persistence.cap` gives
them one.
"""
