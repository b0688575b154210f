package dev.lora4j.studio;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;

/** What a page sends to a studio, and gets. */
public class StudioClient {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final int port;
  private final HttpClient client = HttpClient.newHttpClient();

  /** A client of the studio at a port of this machine. */
  public StudioClient(int port) {
    this.port = port;
  }

  /** An address of it. */
  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /** Its connections. */
  public HttpClient client() {
    return client;
  }

  /** Text as it stands in a query. */
  public static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Answer to a GET, as text. */
  public HttpResponse<String> ask(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Answer to a GET, as bytes. */
  public HttpResponse<byte[]> bytes(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  /** Answer to a POST of JSON. */
  public HttpResponse<String> send(String path, JsonObject body)
      throws IOException, InterruptedException {
    return send(path, body.toString());
  }

  /** Answer to a POST of a text that should be JSON. */
  public HttpResponse<String> send(String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri(path))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** JSON of a GET that succeeds. */
  public JsonObject get(String path) throws IOException, InterruptedException {
    return json(ask(path));
  }

  /** JSON of a POST that succeeds. */
  public JsonObject post(String path, JsonObject body) throws IOException, InterruptedException {
    return json(send(path, body));
  }

  private static JsonObject json(HttpResponse<String> answer) {
    if (answer.statusCode() >= 300) {
      throw new AssertionError(answer.uri() + " " + answer.statusCode() + " " + answer.body());
    }
    return JsonParser.parseString(answer.body()).getAsJsonObject();
  }

  /** Status and message of an answer that is an error. */
  public static String problem(HttpResponse<String> answer) {
    JsonObject error =
        JsonParser.parseString(answer.body()).getAsJsonObject().getAsJsonObject("error");
    return answer.statusCode() + " " + error.get("message").getAsString();
  }

  /** An object of names and values, in turn. */
  public static JsonObject object(Object... fields) {
    JsonObject json = new JsonObject();
    for (int i = 0; i < fields.length; i += 2) {
      String name = (String) fields[i];
      if (fields[i + 1] instanceof Number number) {
        json.addProperty(name, number);
      } else if (fields[i + 1] instanceof Boolean flag) {
        json.addProperty(name, flag);
      } else if (fields[i + 1] instanceof JsonObject inner) {
        json.add(name, inner);
      } else {
        json.addProperty(name, (String) fields[i + 1]);
      }
    }
    return json;
  }

  /** A job as it is now. */
  public JsonObject job(String id) {
    try {
      for (JsonElement one : get("/studio/jobs").getAsJsonArray("jobs")) {
        JsonObject job = one.getAsJsonObject();
        if (job.get("id").getAsString().equals(id)) {
          return job;
        }
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("There is no job " + id);
  }

  /** State of a job as it is now. */
  public String state(String id) {
    return job(id).get("state").getAsString();
  }

  /** A job when it has ended. */
  public JsonObject ended(String id) throws InterruptedException {
    await("the job ends", () -> !List.of("queued", "running", "stopping").contains(state(id)));
    return job(id);
  }

  /** Waits until something is so. */
  public static void await(String what, BooleanSupplier so) throws InterruptedException {
    Instant end = Instant.now().plus(PATIENCE);
    while (!so.getAsBoolean()) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("It never came to be that " + what + ".");
      }
      Thread.sleep(20);
    }
  }
}
