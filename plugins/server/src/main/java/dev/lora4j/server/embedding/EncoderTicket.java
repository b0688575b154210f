package dev.lora4j.server.embedding;

import dev.lora4j.server.schedule.QueueTicket;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/** Claim to vectors of texts that wait or are being encoded. */
public final class EncoderTicket {
  private final QueueTicket<EncoderJob> ticket;

  EncoderTicket(QueueTicket<EncoderJob> ticket) {
    this.ticket = ticket;
  }

  /** The vectors; ends with a {@link CancellationException} if they are given up. */
  public CompletableFuture<List<float[]>> result() {
    return ticket.item().result();
  }

  /** Number of all tokens of the texts. */
  public int tokens() {
    return ticket.item().tokens();
  }

  /** Gives them up. */
  public void cancel() {
    if (ticket.cancel()) {
      EncoderWorker.giveBack(ticket.item());
    }
    result().cancel(false);
  }
}
