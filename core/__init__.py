"""What every app may use and no app owns: jobs, errors, pagination, public ids."""
