package dev.lora4j.studio;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** The events that a page of a studio gets. */
public final class PageEvents implements AutoCloseable {
  /** An event by its topic. */
  public record Event(String topic, JsonObject data) {}

  private final List<Event> events = new CopyOnWriteArrayList<>();
  private final CompletableFuture<HttpResponse<Stream<String>>> answer;
  private final Thread reader;
  private volatile Stream<String> lines = Stream.empty();

  /** Opens a page, and returns when it is connected. */
  public PageEvents(StudioClient studio) throws InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(studio.uri("/studio/events")).build();
    answer = studio.client().sendAsync(request, HttpResponse.BodyHandlers.ofLines());
    reader = new Thread(this::read, "page");
    reader.setDaemon(true);
    reader.start();
    StudioClient.await("the page is connected", () -> !of("connected").isEmpty());
  }

  private void read() {
    try {
      lines = answer.join().body();
      String[] topic = {""};
      lines.forEach(
          line -> {
            if (line.startsWith("event:")) {
              topic[0] = line.substring("event:".length()).strip();
            } else if (line.startsWith("data:")) {
              String text = line.substring("data:".length()).strip();
              events.add(new Event(topic[0], JsonParser.parseString(text).getAsJsonObject()));
            }
          });
    } catch (RuntimeException e) {
      // The page or the studio was closed.
    }
  }

  /** Those of a topic until now, in order. */
  public List<JsonObject> of(String topic) {
    return events.stream().filter(e -> e.topic().equals(topic)).map(Event::data).toList();
  }

  @Override
  public void close() {
    lines.close();
    reader.interrupt();
  }
}
