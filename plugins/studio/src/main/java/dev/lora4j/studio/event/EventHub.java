package dev.lora4j.studio.event;

import com.google.gson.JsonElement;
import dev.lora4j.server.http.EventStream;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpRequest;
import dev.lora4j.server.http.Routes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The streams of all pages that are open. Each page has one, for all topics. */
public final class EventHub {
  private final List<EventStream> streams = new CopyOnWriteArrayList<>();
  private long number;

  /** Where pages subscribe. */
  public Routes routes() {
    return Routes.none().get("/studio/events", this::subscribe);
  }

  private HttpAnswer subscribe(HttpRequest request) {
    return HttpAnswer.subscription(
        stream -> {
          // Before the page is told that it is connected and reads its lists, so that nothing that
          // happens after these is lost.
          streams.add(stream);
          stream.onDisconnect(() -> streams.remove(stream));
          stream.event("connected", "", "{}");
        });
  }

  /** Returns true if a page is there to be told. */
  public boolean watched() {
    return !streams.isEmpty();
  }

  /** Tells all pages. A page that reads too slowly loses its stream, and reads its lists anew. */
  public synchronized void publish(String topic, JsonElement data) {
    number++;
    String text = data.toString();
    List<EventStream> gone = new ArrayList<>();
    for (EventStream stream : streams) {
      if (!stream.event(topic, Long.toString(number), text)) {
        gone.add(stream);
      }
    }
    streams.removeAll(gone);
  }
}
