/** Work that calls back once, now or later. */
export type Task = (done: () => void) => void

/** Starts all tasks, and calls `done` behind the last one: in this tick, where each of them calls back in it. */
export function whenAll(tasks: readonly Task[], done: () => void): void {
  let left = tasks.length
  if (left === 0) done()
  for (const task of tasks) {
    task(() => {
      left -= 1
      if (left === 0) done()
    })
  }
}
