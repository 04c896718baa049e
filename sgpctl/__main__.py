"""`python -m sgpctl`, for where the folder of the command is not on the PATH."""

from sgpctl.cli.main import run

if __name__ == "__main__":
    run()
