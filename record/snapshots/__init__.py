"""What rows said: sealed when it becomes public, kept for ever, made again from rows and ledger to compare."""
