"""Getting work done: tasks, the worker that does them, the scheduler that hands them out, executors."""
