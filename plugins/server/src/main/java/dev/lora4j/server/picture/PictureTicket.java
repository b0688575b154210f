package dev.lora4j.server.picture;

import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.server.schedule.QueueTicket;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/** Claim to a picture that is waiting or being made. */
public final class PictureTicket {
  private final QueueTicket<PictureJob> ticket;

  PictureTicket(QueueTicket<PictureJob> ticket) {
    this.ticket = ticket;
  }

  /** The picture; ends with a {@link CancellationException} if it is given up. */
  public CompletableFuture<GeneratedImage> result() {
    return ticket.item().result();
  }

  /**
   * Gives the picture up. One that waits is never begun; one that is being made ends at its next
   * step, unless others are made with it.
   */
  public void cancel() {
    if (ticket.cancel()) {
      PictureWorker.finish(ticket.item());
    }
    result().cancel(false);
  }
}
