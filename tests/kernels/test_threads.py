"""Kernels leave the number of torch's threads alone, and keep to it."""

import subprocess
import sys

CODE = """
import torch
torch.set_num_threads(1)
from cochain.kernels.threads import threads_for
with threads_for(10**9) as threads:
    print(torch.get_num_threads(), threads)
"""


def test_starting_the_threads_leaves_torch_as_it_was() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "1"]
