package dev.lora4j.server.http;

import dev.lora4j.server.guard.Principal;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The streams of events that are open, and how many of them are subscriptions of a page. */
final class EventStreams {
  private final ServerOptions options;
  private final Set<BufferedEvents> open = ConcurrentHashMap.newKeySet();
  private final Set<BufferedEvents> subscriptions = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> counts = new HashMap<>();

  EventStreams(ServerOptions options) {
    this.options = options;
  }

  /**
   * Opens a stream.
   *
   * @throws HttpProblem 429 if it is a subscription and its page has too many
   */
  BufferedEvents open(
      Exchange exchange,
      Runnable head,
      boolean subscription,
      Principal principal,
      Departure departure) {
    String owner = principal.isPage() ? principal.session() : principal.tenant();
    if (subscription) {
      take(owner);
    }
    BufferedEvents[] made = new BufferedEvents[1];
    BufferedEvents stream =
        new BufferedEvents(
            exchange,
            head,
            options,
            !subscription,
            departure,
            () -> {
              open.remove(made[0]);
              if (subscriptions.remove(made[0])) {
                giveBack(owner);
              }
            });
    made[0] = stream;
    open.add(stream);
    if (subscription) {
      subscriptions.add(stream);
    }
    departure.onGone(stream::drop);
    return stream;
  }

  private synchronized void take(String owner) {
    int count = counts.getOrDefault(owner, 0);
    if (count >= options.pageStreams()) {
      throw new HttpProblem(
              429,
              count
                  + " streams of events are open, which is the most. Close a page of this server.")
          .retryAfter(Duration.ofSeconds(5));
    }
    counts.put(owner, count + 1);
  }

  private synchronized void giveBack(String owner) {
    counts.computeIfPresent(owner, (o, count) -> count == 1 ? null : count - 1);
  }

  void tick() {
    long now = System.nanoTime();
    open.forEach(stream -> stream.tick(now));
  }

  /** Ends those that have no end of their own. */
  void closeSubscriptions() {
    subscriptions.forEach(BufferedEvents::close);
  }
}
