package dev.lora4j.server.work;

import dev.lora4j.server.schedule.QueueTicket;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Claim to work that waits or is being done.
 *
 * @param <R> what comes of it
 */
public final class JobTicket<R> {
  private final QueueTicket<? extends Job<?, R>> ticket;

  JobTicket(QueueTicket<? extends Job<?, R>> ticket) {
    this.ticket = ticket;
  }

  /** The result; ends with a {@link CancellationException} if the work is given up. */
  public CompletableFuture<R> result() {
    return ticket.item().result();
  }

  /** What the work is charged: tokens, or steps times pixels. */
  public double cost() {
    return ticket.cost();
  }

  /** Has one of two actions run at the end. They must not block. */
  public void onEnd(Consumer<R> done, Consumer<Throwable> failed) {
    CompletableFuture<Boolean> unused =
        result()
            .handle(
                (value, reason) -> {
                  if (reason == null) {
                    done.accept(value);
                  } else {
                    failed.accept(reason);
                  }
                  return true;
                });
  }

  /**
   * Gives the work up. What waits is never begun; what is being done ends when its worker can.
   * Without effect on work that has ended.
   */
  public void cancel() {
    if (ticket.cancel()) {
      ticket.item().giveUp();
    }
    result().cancel(false);
  }
}
