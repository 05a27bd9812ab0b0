"""Warm Jupyter kernels in sandboxes: forked from a process that imported the heavy libraries once.

zygote -> cell (one for each submission: its namespaces, root and work folder) -> launcher -> kernel (process 1 of a pid
namespace of its own). :mod:`~hallyu.grading.kernel.provisioner` puts this behind jupyter_client, so that nbgrader, nbclient,
nbval and papermill use it as they use any kernel.
"""
