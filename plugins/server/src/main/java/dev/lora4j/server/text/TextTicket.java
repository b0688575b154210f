package dev.lora4j.server.text;

import dev.lora4j.server.schedule.QueueTicket;
import dev.lora4j.text.pipeline.Completion;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Claim to a text that is waiting or being generated. */
public final class TextTicket {
  private final QueueTicket<TextJob> ticket;

  TextTicket(QueueTicket<TextJob> ticket) {
    this.ticket = ticket;
  }

  /** The completion; ends with a {@link CancellationException} if it is given up. */
  public CompletableFuture<Completion> result() {
    return ticket.item().result();
  }

  /** Has one of two actions run at the end. They must not block. */
  public void onEnd(Consumer<Completion> done, Consumer<Throwable> failed) {
    CompletableFuture<Boolean> unused =
        result()
            .handle(
                (completion, reason) -> {
                  if (reason == null) {
                    done.accept(completion);
                  } else {
                    failed.accept(reason);
                  }
                  return true;
                });
  }

  /** Gives the text up, which ends before its next token. */
  public void cancel() {
    if (ticket.cancel()) {
      TextWorker.giveBack(ticket.item());
    }
    result().cancel(false);
  }
}
