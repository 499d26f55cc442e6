"""What networks are trained towards: losses that compare, pre-training, distillation."""
