package dev.lora4j.core.tensor;

/** Counts the native calls that use something, so that it is released only after the last. */
final class UseCount {
  private int calls;
  private String closedBy = "";

  /**
   * Begins a use.
   *
   * @param what named if it is closed already
   * @throws TensorException if it is closed; names who closed it
   */
  synchronized void enter(Object what) {
    if (!closedBy.isEmpty()) {
      throw new TensorException(what + " was closed by " + closedBy + ".");
    }
    calls++;
  }

  /** Returns true if it is closed. */
  synchronized boolean closed() {
    return !closedBy.isEmpty();
  }

  /** Ends a use. */
  synchronized void leave() {
    if (--calls == 0) {
      notifyAll();
    }
  }

  /**
   * Refuses further uses and waits for those in progress.
   *
   * @return whether this call closed it, and not an earlier one
   */
  boolean close() {
    String here = CallSite.outside();
    boolean interrupted = false;
    synchronized (this) {
      if (!closedBy.isEmpty()) {
        return false;
      }
      closedBy = here;
      while (calls > 0) {
        try {
          wait();
        } catch (InterruptedException e) {
          // A native call cannot be taken back, so neither can the wait for it.
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return true;
  }
}
