package dev.lora4j.studio.command;

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

/**
 * A page's requests to a studio at this machine.
 *
 * @param port at which it listens
 */
public record StudioClient(int port, HttpClient client) {
  /** An answer whose body has arrived. */
  public record Answer(int status, HttpResponse<byte[]> response) {
    public JsonObject json() {
      return JsonParser.parseString(text()).getAsJsonObject();
    }

    public String text() {
      return new String(response.body(), StandardCharsets.UTF_8);
    }

    public byte[] bytes() {
      return response.body();
    }

    /** What the user is told, of an answer that is an error. */
    public String message() {
      return json().getAsJsonObject("error").get("message").getAsString();
    }

    public String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }
  }

  public StudioClient(int port) {
    this(port, HttpClient.newHttpClient());
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  public Answer get(String path) throws IOException, InterruptedException {
    return answer(HttpRequest.newBuilder(uri(path)).build());
  }

  /** The same with a parameter. */
  public Answer get(String path, String name, String value)
      throws IOException, InterruptedException {
    return get(path + "?" + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
  }

  public Answer post(String path, JsonElement body) throws IOException, InterruptedException {
    return answer(request(path, body.toString()));
  }

  /** The same with a body as text, in which quotes are written as {@code '}. */
  public Answer post(String path, String body) throws IOException, InterruptedException {
    return answer(request(path, body.replace('\'', '"')));
  }

  public HttpRequest request(String path, String body) {
    return HttpRequest.newBuilder(uri(path))
        .header("content-type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private Answer answer(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    return new Answer(response.statusCode(), response);
  }
}
