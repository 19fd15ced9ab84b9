"""Getting work done: tasks, the worker that performs them, the scheduler that assigns them, executors."""
