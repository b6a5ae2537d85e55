"""One module a scenario; each has `run(workspace, settings)`, which returns a Section."""
