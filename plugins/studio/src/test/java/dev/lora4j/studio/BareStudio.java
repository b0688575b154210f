package dev.lora4j.studio;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.guard.GuardOptions;
import dev.lora4j.server.guard.RequestGuard;
import dev.lora4j.server.http.HttpServer;
import dev.lora4j.server.http.ServerOptions;
import dev.lora4j.server.library.AdapterAdmission;
import dev.lora4j.server.library.AdapterLibrary;
import dev.lora4j.server.library.LibraryFolders;
import dev.lora4j.studio.command.Studio;
import dev.lora4j.studio.workspace.Workspace;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** A studio that is served in this process, without loaded bases. */
public final class BareStudio implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final Workspace workspace;
  private final Studio studio;
  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  /**
   * Opens one.
   *
   * @param start where it is started; its folders are {@code studio} and {@code adapters} in it
   */
  public BareStudio(Path start) throws IOException {
    workspace = new Workspace(Path.of("studio"), List.of(Path.of("adapters")), start);
    Files.createDirectories(workspace.folder());
    Files.createDirectories(workspace.newAdapters());
    AdapterLibrary library =
        new AdapterLibrary(
            LibraryFolders.of(workspace.newAdapters()),
            AdapterAdmission.everything(),
            start.resolve("state"),
            event -> {});
    ModelCatalogue models = new ModelCatalogue(List.of(), List.of(), List.of(), library);
    studio = Studio.open(workspace, models, Map.of());
    server =
        HttpServer.open(
            ServerOptions.loopback(0),
            RequestGuard.of(GuardOptions.strict().requireToken(false)),
            studio.routes());
  }

  /** Its folders. */
  public Workspace workspace() {
    return workspace;
  }

  /** An address of it. */
  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  /** A client of it. */
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

  @Override
  public void close() {
    server.close();
    studio.close();
  }
}
